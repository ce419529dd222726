#!/bin/sh
# Runs systemd in a folder with a Debian: boot.sh ROOT SHARED. It is for test.sh, in namespaces of its own (unshare); the
# folder SHARED is there under its own name, and the network is the computer's.
set -eu
root=$1 shared=$2
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
for folder in dev run tmp; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done
chmod 1777 tmp
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir -p dev/pts dev/shm "./$shared"
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
mount --bind "$shared" "./$shared"
pivot_root . mnt
umount -l /mnt
mount --make-rshared / # systemd gives services their credentials by it
exec env -i container=perch PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 /lib/systemd/systemd --unit=multi-user.target --log-target=console --show-status=false
