#!/usr/bin/env bash
# Compiles the plain JVM core and the tester with Debian's kotlinc and OkHttp, without Gradle and without a network, into
# the folder that is given; further arguments are sources of yours: apt-get install kotlin libokhttp-java default-jdk-headless
set -euo pipefail
here=$(dirname "$0")
out=${1:?expected the folder for what is built}
shift
jars=/usr/share/java/okhttp.jar:/usr/share/java/okio.jar
rm -rf "$out"
mkdir -p "$out/classes"
javac --release 8 -Xlint:-options -cp "$jars" -d "$out/classes" "$here"/core/src/main/java/earshot/*.java
JAVA_OPTS='-Xmx512M' kotlinc -jvm-target 1.8 -Werror -cp "$jars:$out/classes" -d "$out/classes" \
  "$here"/core/src/main/kotlin/earshot/*.kt "$here"/core/src/conformance/kotlin/earshot/*.kt "$@" \
  2> >(grep -v -- '-noverify' >&2)
echo "$out/classes:$jars:/usr/share/java/kotlin-stdlib.jar" > "$out/classpath"
