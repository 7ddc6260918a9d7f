/*
 * epoll sink: what the kernel and the mask of a WebSocket cost, and nothing else: the limit.
 *
 * It answers the upgrade, receives, unmasks in place, and counts. No copy, no text, no close.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 65536
#define BATCH_MAX 256
#define BUFFER_BYTES 65536

/* What is kept of one connection: where it stands within a frame. */
struct connection {
  int open;
  uint64_t left;       /* of the payload */
  uint8_t mask[4];
  uint32_t phase;
  uint8_t head[14];
  uint32_t head_bytes;
};

static struct connection connections[CONNECTIONS_MAX];
static uint8_t buffer[BUFFER_BYTES];
static unsigned long long bytes, frames;

static void over(int signal_number) {
  (void)signal_number;
  printf("{\"bytes\":%llu,\"frames\":%llu}\n", bytes, frames);
  fflush(stdout);
  _exit(0);
}

/* ---- SHA-1 and base64 of a key, as RFC 6455 asks ---- */

static uint32_t rotate(uint32_t value, int by) { return (value << by) | (value >> (32 - by)); }

static void sha1(const uint8_t *text, size_t length, uint8_t *digest) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint8_t padded[256] = {0};
  size_t total = ((length + 8) / 64 + 1) * 64;
  memcpy(padded, text, length);
  padded[length] = 0x80;
  for (int i = 0; i < 8; i++) padded[total - 1 - i] = (uint8_t)(((uint64_t)length * 8) >> (8 * i));
  for (size_t block = 0; block < total; block += 64) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
      const uint8_t *at = padded + block + i * 4;
      w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20 ? (b & c) | (~b & d) : i < 40 ? b ^ c ^ d : i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
      uint32_t k = i < 20 ? 0x5A827999 : i < 40 ? 0x6ED9EBA1 : i < 60 ? 0x8F1BBCDC : 0xCA62C1D6;
      uint32_t next = rotate(a, 5) + f + e + k + w[i];
      e = d; d = c; c = rotate(b, 30); b = a; a = next;
    }
    h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t *from, char *to) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 7; i++) {
    uint32_t three = (uint32_t)from[i * 3] << 16 | (uint32_t)from[i * 3 + 1] << 8 | (i < 6 ? from[i * 3 + 2] : 0);
    for (int j = 0; j < 4; j++) to[i * 4 + j] = letters[(three >> (18 - 6 * j)) & 63];
  }
  to[27] = '=';
  to[28] = 0;
}

static int upgrade(int fd, const char *request) {
  static const char name[] = "Sec-WebSocket-Key: ";
  char text[128], accept[32], answer[256];
  uint8_t digest[21] = {0};
  const char *key = strcasestr(request, name);
  if (key == NULL) return 0;
  snprintf(text, sizeof text, "%.24s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key + strlen(name));
  sha1((const uint8_t *)text, strlen(text), digest);
  base64(digest, accept);
  int length = snprintf(answer, sizeof answer,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  return write(fd, answer, (size_t)length) == length;
}

/* ---- frames ---- */

static void unmask(struct connection *of, uint8_t *at, uint64_t length) {
  uint8_t turned[8];
  uint64_t wide, i = 0;
  for (int j = 0; j < 8; j++) turned[j] = of->mask[(of->phase + (uint32_t)j) & 3];
  memcpy(&wide, turned, 8);
  for (; i + 8 <= length; i += 8) {
    uint64_t eight;
    memcpy(&eight, at + i, 8);
    eight ^= wide;
    memcpy(at + i, &eight, 8);
  }
  for (; i < length; i++) at[i] ^= turned[i & 7];
  of->phase += (uint32_t)length;
}

/* Bytes of the head that is being read, as far as it says so itself. */
static uint32_t head_needed(const struct connection *of) {
  if (of->head_bytes < 2) return 2;
  uint32_t length = of->head[1] & 0x7f;
  return 6 + (length == 126 ? 2 : length == 127 ? 8 : 0);
}

static void head_done(struct connection *of) {
  uint64_t length = of->head[1] & 0x7f;
  uint32_t at = 2;
  uint32_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (more > 0) {
    length = 0;
    for (; more > 0; more--) length = length << 8 | of->head[at++];
  }
  memcpy(of->mask, of->head + at, 4);
  of->left = length;
  of->phase = 0;
  of->head_bytes = 0;
  if (length == 0) frames++;
}

static void take(struct connection *of, uint8_t *at, size_t length) {
  while (length > 0) {
    if (of->left > 0) {
      uint64_t part = of->left < length ? of->left : length;
      unmask(of, at, part);
      bytes += part;
      of->left -= part;
      at += part;
      length -= part;
      if (of->left == 0) frames++;
      continue;
    }
    of->head[of->head_bytes++] = *at++;
    length--;
    if (of->head_bytes >= 2 && of->head_bytes == head_needed(of)) head_done(of);
  }
}

static void readable(int fd) {
  struct connection *of = &connections[fd];
  ssize_t got = read(fd, buffer, BUFFER_BYTES - 1);
  if (got <= 0) {
    memset(of, 0, sizeof *of);
    close(fd);
    return;
  }
  if (of->open) {
    take(of, buffer, (size_t)got);
    return;
  }
  buffer[got] = 0;
  if (upgrade(fd, (const char *)buffer)) of->open = 1;
  else close(fd);
}

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1, polled = epoll_create1(0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[BATCH_MAX];
  signal(SIGINT, over);
  if (bind(listener, (struct sockaddr *)&address, size) != 0 || listen(listener, 4096) != 0) return 1;
  getsockname(listener, (struct sockaddr *)&address, &size);
  epoll_ctl(polled, EPOLL_CTL_ADD, listener, &event);
  printf("listens on %d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (;;) {
    int count = epoll_wait(polled, events, BATCH_MAX, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.fd != listener) {
        readable(events[i].data.fd);
        continue;
      }
      int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (fd < 0 || fd >= CONNECTIONS_MAX) continue;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      event.events = EPOLLIN;
      event.data.fd = fd;
      epoll_ctl(polled, EPOLL_CTL_ADD, fd, &event);
    }
  }
}
