# The archives: the program perch for every system, with the page for browsers, its manual and completions.

make_archives() {
  for target in ${TARGETS:-linux/amd64 linux/arm64 windows/amd64 windows/arm64 darwin/amd64 darwin/arm64}; do
    archive "${target%/*}" "${target#*/}"
  done
}

archive() {
  name=perch_${VERSION}_$1_$2
  folder=$WORK/$name
  program=$folder/perch
  [ "$1" != windows ] || program=$folder/perch.exe
  mkdir -p "$folder"
  build_perch "$1" "$2" "$program"
  bill "$program" "$OUT/$name.cdx.json"
  licences "$program" "$folder/THIRD-PARTY.txt"
  cat "$WORK/page/licences" >>"$folder/THIRD-PARTY.txt"
  put 644 "$WORK/page/perch-web.zip" "$folder/"
  put 644 "$OUT/perch-web_$VERSION.cdx.json" "$folder/perch-web.cdx.json"
  put 644 "$OUT/$name.cdx.json" "$folder/perch.cdx.json"
  guide "$folder"
  case $1 in
    windows) zipped "$folder" "$OUT/$name.zip" ;;
    *)
      put 644 "$WORK"/manual/man1/* "$folder/man/man1/"
      for shell in bash zsh fish; do put 644 "$WORK/manual/$shell"/* "$folder/completions/$shell/"; done
      if [ "$1" = linux ]; then put 644 packaging/linux/*.service "$folder/systemd/"; fi
      tarball "$folder" "$OUT/$name.tar.gz"
      ;;
  esac
}
