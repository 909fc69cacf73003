# Installs the packages of programs that are missing, and missing packages: packages.sh PROGRAM:PACKAGE PACKAGE ...
# Only as root and with apt; what can't be installed is told, and is no error.
missing=
for pair in "$@"; do
    case $pair in
        *:*) PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" ;;
        *) dpkg -s "$pair" ;;
    esac >/dev/null 2>&1 || missing="$missing ${pair#*:}"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "NOT INSTALLED:$missing (needs root and apt); tests that need them are skipped" >&2
    exit 0
fi
export DEBIAN_FRONTEND=noninteractive
# What is installed for tests does not run as a service.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
# shellcheck disable=SC2086 - several packages
apt-get install -qq -y --no-install-recommends $missing >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null; } ||
    echo "NOT INSTALLED:$missing; tests that need them are skipped" >&2
exit 0
