#!/bin/sh
# Process 1 of a node, in fresh namespaces: init.sh NAME FOLDER. What a machine would have for itself alone, it has here.
set -e
hostname "$1"
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -m 1777 /run/lock
mount --bind "$2/corosync" /etc/corosync
mount --bind "$2/var" /var/lib/corosync
mount --bind "$2/log" /var/log
mkdir -p /var/log/corosync
touch "$2/ready"
# A shell that waits collects the orphans of its node.
while :; do
    sleep 3600 &
    wait
done
