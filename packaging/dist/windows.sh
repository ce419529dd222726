# Windows with a desktop, amd64: perch.exe, perch-tray.exe and perch-window.exe as zip and as MSI. The window links OpenGL,
# whose C mingw-w64 compiles.

make_windows() {
  name=perch-desktop_${VERSION}_windows_amd64
  folder=$WORK/$name
  build_perch windows amd64 "$folder/perch.exe"
  # windowsgui: no console opens beside them.
  CGO_ENABLED=0 GOOS=windows GOARCH=amd64 "$GO" build -ldflags "$LDFLAGS -H windowsgui" -o "$folder/perch-tray.exe" ./ui/perch-tray
  CGO_ENABLED=1 GOOS=windows GOARCH=amd64 CC=x86_64-w64-mingw32-gcc "$GO" build -tags migrated_fynedo \
    -ldflags "$LDFLAGS -H windowsgui -extldflags=-Wl,--no-insert-timestamp" -o "$folder/perch-window.exe" .
  resources "$folder/perch-tray.exe" "Perch in the tray"
  resources "$folder/perch-window.exe" "Perch"
  for program in perch perch-tray perch-window; do
    bill "$folder/$program.exe" "$OUT/${program}_${VERSION}_windows_amd64.cdx.json"
    licences "$folder/$program.exe" "$WORK/$program.windows"
  done
  licence "The C runtime of mingw-w64, in perch-window.exe" /usr/share/doc/mingw-w64-common/copyright >"$WORK/runtime.windows"
  put 644 "$WORK/page/perch-web.zip" "$folder/"
  cat "$WORK"/perch*.windows "$WORK/runtime.windows" "$WORK/page/licences" >"$folder/THIRD-PARTY.txt"
  guide "$folder"
  zipped "$folder" "$OUT/$name.zip"
  installer "$folder" "$OUT/$name.msi"
}

# installer FOLDER FILE: the MSI of a folder with the programs. wixl knows no variable of the environment, so the tables for
# PATH are added, and it takes random names and the time of day, so these are set.
installer() {
  cp packaging/windows/perch.wxs assets/icons/perch.ico "$1/"
  find "$1" -exec touch -h -d "@$EPOCH" {} +
  (cd "$1" && wixl -a x64 -D "PRODUCT=$(guid product)" -D "NUMBER=${VERSION%%-*}" -o "$2" perch.wxs)
  msibuild "$2" \
    -q 'CREATE TABLE `Environment` (`Environment` CHAR(72) NOT NULL, `Name` CHAR(255) NOT NULL LOCALIZABLE,
        `Value` CHAR(255) LOCALIZABLE, `Component_` CHAR(72) NOT NULL PRIMARY KEY `Environment`)' \
    -q "INSERT INTO \`Environment\` (\`Environment\`, \`Name\`, \`Value\`, \`Component_\`) VALUES ('PATH', '=-*PATH', '[~];[INSTALLDIR]', 'Relay')" \
    -q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('WriteEnvironmentStrings', 5200)" \
    -q "INSERT INTO \`InstallExecuteSequence\` (\`Action\`, \`Sequence\`) VALUES ('RemoveEnvironmentStrings', 3300)"
  random=$(msiinfo suminfo "$2" | sed -n 's/^Revision number (UUID): //p')
  made=$(date -d "$(msiinfo suminfo "$2" | sed -n 's/^Created: //p')" +%s)
  RANDOM_ID=$random FIXED_ID="{$(guid package)}" MADE=$made perl -0777 -pi -e '
    sub filetime { pack("Q<", ($_[0] + 11644473600) * 10000000) }
    my ($from, $to) = (filetime($ENV{MADE}), filetime($ENV{SOURCE_DATE_EPOCH}));
    s/\Q$ENV{RANDOM_ID}\E/$ENV{FIXED_ID}/g == 1 or die "the number of the package is not where it was\n";
    s/\Q$from\E/$to/g == 2 or die "the times of the package are not where they were\n"' "$2"
}

# guid WHAT: a number that belongs to this version and to nothing else.
guid() {
  printf 'perch %s %s %s' "$1" "$VERSION" "$EPOCH" | sha256sum |
    sed 's/^\(.\{8\}\)\(.\{4\}\).\(.\{3\}\).\(.\{3\}\)\(.\{12\}\).*/\1-\2-5\3-8\4-\5/' | tr a-f A-F
}
