#!/bin/sh
# Process 1 of a node, in fresh namespaces: init.sh NAME FOLDER PATH... What a machine would have for itself alone,
# it has here; the PATHs with the owners that they have outside.
set -e
hostname "$1"
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 1777 /run/lock
mount --bind "$2/corosync" /etc/corosync
mount --bind "$2/var" /var/lib/corosync
mount --bind "$2/log" /var/log
mkdir -p /var/log/corosync
folder=$2
shift 2
for path in "$@"; do
    mkdir -p "$folder/own$path"
    chown --reference="$path" "$folder/own$path"
    mount --bind "$folder/own$path" "$path"
done
touch "$folder/ready"
# A shell that waits collects the orphans of its node.
while :; do
    sleep 3600 &
    wait
done
