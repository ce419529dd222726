# The packages of Linux, deb and rpm: perch, and perch-desktop with tray and window. What goes where is in
# packaging/linux/*.yaml; the files are laid out for it in a folder, with the time of the commit.

# A version on the way is older than the release (~), and ordered by the time of its commit.
case $VERSION in
  *-dev*) PACKAGE_VERSION="${VERSION%%-dev*}~dev$(date -d "@$EPOCH" +%Y%m%d.%H%M%S)${VERSION#*-dev}" ;;
  *) PACKAGE_VERSION=$VERSION ;;
esac
export PACKAGE_VERSION
export MAINTAINER="${MAINTAINER:-Perch maintainers <maintainers@perch.invalid>}"

make_linux() {
  case " ${PACKAGES:-perch perch-desktop} " in *" perch "*)
    for arch in ${ARCHES:-amd64 arm64}; do
      stage_perch "$arch"
      package perch "$arch"
    done ;;
  esac
  case " ${PACKAGES:-perch perch-desktop} " in *" perch-desktop "*)
    stage_desktop
    package perch-desktop amd64 ;;
  esac
}

stage_perch() {
  STAGE=$WORK/perch-$1
  build_perch linux "$1" "$STAGE/perch"
  chmod 755 "$STAGE/perch"
  put 644 "$WORK/page/perch-web.zip" "$STAGE/"
  put 644 "$WORK/page/licences" "$STAGE/perch-web.licences"
  put 644 "$OUT/perch-web_$VERSION.cdx.json" "$STAGE/bills/perch-web.cdx.json"
  papers perch "$1" perch
  put 644 "$WORK"/manual/man1/* "$STAGE/man/"
  put 644 "$WORK"/manual/*sh/* "$STAGE/completions/"
  put 644 packaging/linux/*.service "$STAGE/units/"
  put 644 packaging/linux/perch.lintian "$STAGE/lintian"
  put 644 README.md "$STAGE/readme/"
  put 644 docs/*.md "$STAGE/readme/docs/"
  put 644 docs/screenshots/*.png "$STAGE/readme/docs/screenshots/"
}

stage_desktop() {
  STAGE=$WORK/perch-desktop-amd64
  # Both link C libraries; the linker's own number for its work is left out.
  CGO_ENABLED=1 "$GO" build -ldflags "$LDFLAGS -extldflags=-Wl,--build-id=none" -o "$STAGE/perch-tray" ./ui/perch-tray
  CGO_ENABLED=1 "$GO" build -tags "$WINDOW_TAGS" -ldflags "$LDFLAGS -extldflags=-Wl,--build-id=none" -o "$STAGE/perch-window" .
  papers perch-desktop amd64 perch-tray perch-window
  put 644 packaging/linux/*.1 "$STAGE/man/"
  put 644 packaging/linux/*.desktop "$STAGE/menu/"
  put 644 assets/icons/perch.svg assets/icons/perch-*.png "$STAGE/icons/"
  mkdir -p "$STAGE/autostart"
  {
    grep -v '^Categories=' packaging/linux/perch-tray.desktop
    printf '# Off. Without the next line the tray starts for everybody who logs in.\nHidden=true\n'
  } >"$STAGE/autostart/perch-tray.desktop"
}

# papers PACKAGE ARCH PROGRAM...: what lies in /usr/share/doc, beside a bill of materials in the folder of the results.
papers() {
  name=$1 arch=$2
  shift 2
  mkdir -p "$STAGE/bills"
  for program; do
    bill "$STAGE/$program" "$STAGE/bills/$program.cdx.json"
    put 644 "$STAGE/bills/$program.cdx.json" "$OUT/${program}_${VERSION}_linux_$arch.cdx.json"
    licences "$STAGE/$program" "$STAGE/$program.licences"
  done
  cat "$STAGE"/*.licences >"$STAGE/THIRD-PARTY.txt"
  put 644 packaging/linux/copyright LICENSE CHANGELOG.md "$STAGE/"
  sh packaging/dist/changelog.sh "$name" >"$STAGE/changelog"
}

# package NAME ARCH: both packages, out of the folder STAGE.
package() {
  gzip -9nf "$STAGE"/man/* "$STAGE/changelog" "$STAGE/THIRD-PARTY.txt"
  find "$STAGE" -exec touch -d "@$EPOCH" {} +
  export STAGE ARCH="$2"
  cp "packaging/linux/$1.yaml" "$WORK/package.yaml"
  if [ -e "$STAGE/units/perch-system.service" ]; then
    echo "  - {dst: /usr/lib/systemd/system/perch.service, src: \"$STAGE/units/perch-system.service\"}" >>"$WORK/package.yaml"
  fi
  if [ "$1" = perch-desktop ]; then libraries >>"$WORK/package.yaml"; fi
  rpm_arch=x86_64
  [ "$2" = amd64 ] || rpm_arch=aarch64
  nfpm deb "$OUT/$1_${PACKAGE_VERSION}_$2.deb"
  nfpm rpm "$OUT/$1-$PACKAGE_VERSION-1.$rpm_arch.rpm"
}

# nfpm FORMAT FILE: one package. A deb has its licence in a file, and no field for it.
nfpm() {
  if [ "$1" = deb ]; then sed '/^license:/d' "$WORK/package.yaml" >"$WORK/now.yaml"; else cp "$WORK/package.yaml" "$WORK/now.yaml"; fi
  "$TOOLS/nfpm" package -f "$WORK/now.yaml" -p "$1" -t "$2" >"$WORK/nfpm.log" 2>&1 || { cat "$WORK/nfpm.log" >&2; return 1; }
}

# What the window opens by name when it starts, so that no program that reads its header knows of it: Debian's package, and
# the file in it.
OPENED='libx11-6=libX11.so.6 libxcursor1=libXcursor.so.1 libxext6=libXext.so.6 libxi6=libXi.so.6 libxinerama1=libXinerama.so.1
  libxrandr2=libXrandr.so.2 libxrender1=libXrender.so.1 libegl1=libEGL.so.1 libgles2=libGLESv2.so.2'

# Customers write in every script: what the window needs to show it, by Debian's names and by Fedora's. What a system does
# not have under its name it leaves out.
DEB_FONTS='fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji'
RPM_FONTS='google-noto-sans-cjk-fonts google-noto-color-emoji-fonts google-noto-sans-arabic-fonts google-noto-sans-hebrew-fonts
  google-noto-sans-devanagari-fonts google-noto-sans-bengali-fonts google-noto-sans-tamil-fonts google-noto-sans-thai-fonts
  google-noto-sans-georgian-fonts google-noto-sans-armenian-fonts google-noto-sans-ethiopic-fonts google-noto-sans-khmer-fonts'

# recommended FONT…: an override takes the place of the list in the package's own file.
recommended() {
  echo "    recommends:"
  { sed -n 's/^recommends: \[\(.*\)\]/\1/p' packaging/linux/perch-desktop.yaml | tr -d ' ' | tr , '\n'; printf '%s\n' "$@"; } | sed 's/^/      - /'
}

# libraries: what tray and window link, by Debian's names with the oldest version that will do, and by the names in the
# files, which every rpm system knows.
libraries() {
  mkdir -p "$WORK/debian"
  echo 'Source: perch' >"$WORK/debian/control"
  deb=$(cd "$WORK" && dpkg-shlibdeps -O -e"$STAGE/perch-tray" -e"$STAGE/perch-window" 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
  [ -n "$deb" ] || { echo "dpkg-shlibdeps found no libraries" >&2; return 1; }
  echo "overrides:"
  echo "  deb:"
  recommended $DEB_FONTS
  echo "    depends:"
  echo "      - 'perch (= $PACKAGE_VERSION)'"
  echo "      - '$deb'"
  for pair in $OPENED; do echo "      - ${pair%=*}"; done
  echo "  rpm:"
  recommended $RPM_FONTS
  echo "    depends:"
  echo "      - 'perch = $PACKAGE_VERSION-1'"
  {
    for program in tray window; do readelf -d "$STAGE/perch-$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'; done
    for pair in $OPENED; do echo "${pair#*=}"; done
  } | sort -u | sed 's/.*/      - "&()(64bit)"/'
}
