# Unpacks pcs and crmsh, which tests drive, into a folder: clients.sh FOLDER
# Installing them would bring Pacemaker, whose place ours take, and a server; only the libraries that they need are
# installed. What can't be had is told, and is no error.
folder=$1
sh "$(dirname "$0")/packages.sh" python3-dacite python3-dateutil python3-lxml python3-openssl python3-parallax \
    python3-pkg-resources python3-pycurl python3-pyparsing python3-tornado python3-yaml
[ ! -d "$folder" ] || exit 0

download() { (cd "$folder.new" && apt-get download -qq -o APT::Sandbox::User=root pcs crmsh >/dev/null 2>&1); }

unpack() {
    for package in "$folder.new"/*.deb; do
        dpkg-deb -x "$package" "$folder.new" && rm "$package" || return 1
    done
}

rm -rf "$folder.new"
mkdir -p "$folder.new"
# Renamed when it is complete, for a folder that is there is not looked into.
if { download || { apt-get update -qq >/dev/null 2>&1 && download; }; } && unpack; then
    mv "$folder.new" "$folder"
else
    rm -rf "$folder.new"
    echo "NOT UNPACKED: pcs crmsh (needs apt and its archive); tests that need them are skipped" >&2
fi
exit 0
