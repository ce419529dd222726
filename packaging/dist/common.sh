# What all parts of run.sh use.

# build_perch SYSTEM ARCH FILE: the program perch, which needs Go alone.
build_perch() {
  CGO_ENABLED=0 GOOS=$1 GOARCH=$2 "$GO" build -ldflags "$LDFLAGS" -o "$3" ./app/perch
  [ "$1" != windows ] || resources "$3" "The relay of Perch, and its commands"
}

# resources PROGRAM DESCRIPTION: what Windows shows of a program: icon, version, and that it needs no rights of an administrator.
resources() {
  internal=$(basename "$1" .exe)
  mkdir -p "$WORK/winres"
  cp assets/icons/perch.ico "$WORK/winres/"
  sed "s/@NUMBER@/${VERSION%%-*}/g; s/@VERSION@/$VERSION/g; s/@PROGRAM@/$internal/g; s/@WHAT@/$2/g" packaging/windows/winres.json >"$WORK/winres/winres.json"
  "$TOOLS/go-winres" patch --in "$WORK/winres/winres.json" --no-backup "$1"
}

# guide FOLDER: what people read of Perch.
guide() {
  put 644 LICENSE CHANGELOG.md README.md "$1/"
  put 644 docs/*.md "$1/docs/"
  put 644 docs/screenshots/*.png "$1/docs/screenshots/"
}

# bill PROGRAM FILE: the CycloneDX bill of materials of a program, out of what Go wrote into it.
bill() {
  "$TOOLS/cyclonedx-gomod" bin -json -noserial -notimestamp -licenses -std -version "$VERSION" -output "$2" "$1" 2>"$WORK/bill.log" ||
    { cat "$WORK/bill.log" >&2; return 1; }
}

# licences PROGRAM FILE: the licences of all modules in a program, and of Go itself. A module without one stops everything.
licences() { "$GO" version -m "$1" | awk '$1 == "dep" {print $2 "@" $3}' | licences_of "$(basename "$1")" >"$2"; }

# licences_of WHAT: the licences of the modules that are named on standard input.
licences_of() {
  [ -e "$WORK/modules" ] || "$GO" list -m -f '{{.Path}}@{{.Version}} {{.Dir}}' all >"$WORK/modules"
  echo "What is linked into $1, and under which licences. Perch's own is in LICENSE."
  licence "Go, $("$GO" env GOVERSION)" "$("$GO" env GOROOT)/LICENSE"
  while read -r module; do
    folder=$(sed -n "s|^$module ||p" "$WORK/modules")
    files=$(find "$folder" -type d \( -name .github -o -name testdata -o -name vendor -o -name examples \) -prune -o -type f \
      \( -iname 'licen[cs]e*' -o -iname 'copying*' -o -iname 'notice*' -o -iname '*-licen[cs]e*' -o -iname patents \) \
      ! -name '*.go' ! -name '*.sh' -print | sort)
    [ -n "$files" ] || { echo "No licence in $module" >&2; exit 1; }
    for file in $files; do licence "$module, ${file#"$folder/"}" "$file"; done
  done
}

licence() { printf '\n%s\n%s\n\n' "$1" "----------------------------------------------------------------------" && tr -d '\r' <"$2"; }

# put MODE FROM... TO: copies files, and makes the folder of TO, which is one where it ends in a slash.
put() {
  mode=$1
  shift
  for to; do :; done
  case $to in */) mkdir -p "$to" ;; *) mkdir -p "$(dirname "$to")" ;; esac
  install -m "$mode" "$@"
}

# tarball FOLDER FILE, zipped FOLDER FILE: one folder with sorted names, no owner and the time of the commit.
tarball() {
  tar --sort=name --format=ustar --owner=0 --group=0 --numeric-owner --mtime="@$EPOCH" -C "$(dirname "$1")" -cf - "$(basename "$1")" |
    gzip -9n >"$2"
}

zipped() {
  find "$1" -exec touch -h -d "@$EPOCH" {} +
  (cd "$(dirname "$1")" && find "$(basename "$1")" | sort | zip -9 -X -q "$2" -@)
}
