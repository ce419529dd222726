# The page for browsers (perch web): one file for all systems, made once. What Go linked cannot be read out of WebAssembly, as
# out of other programs; so Go is asked what it links.

make_page() {
  page_tags=$(sed -n 's/^WEB_TAGS := //p' Makefile)
  make --no-print-directory web GO="$GO" BIN="$WORK/page" VERSION="$VERSION" WEB_QUALITY="${WEB_QUALITY:-11}" >"$WORK/page.log" 2>&1 ||
    { cat "$WORK/page.log" >&2; return 1; }
  CGO_ENABLED=0 GOOS=js GOARCH=wasm "$GO" list -tags "$page_tags" -deps -f '{{with .Module}}{{if not .Main}}{{.Path}}@{{.Version}}{{end}}{{end}}' . |
    sort -u | sed '/^$/d' >"$WORK/page/modules"
  licences_of "the page for browsers, perch-web.zip" <"$WORK/page/modules" >"$WORK/page/licences"
  page_bill "$OUT/perch-web_$VERSION.cdx.json"
}

# page_bill FILE: the CycloneDX bill of materials of the page. It is made of the source, whose version is taken from a tag; so
# the source is copied to where it has the one of now.
page_bill() {
  mkdir "$WORK/source"
  find *.go go.mod go.sum app assets bridge ui -type f ! -path '*/testdata/*' ! -name '*_test.go' -exec cp --parents -t "$WORK/source" {} +
  (
    cd "$WORK/source"
    export GIT_AUTHOR_DATE="@$EPOCH +0000" GIT_COMMITTER_DATE="@$EPOCH +0000"
    git init -q . && git add -A
    git -c user.name=perch -c user.email=perch@perch.invalid -c commit.gpgsign=false commit -qm perch
    git tag "v$VERSION"
    CGO_ENABLED=0 GOOS=js GOARCH=wasm GOFLAGS="$GOFLAGS -tags=$page_tags" \
      "$TOOLS/cyclonedx-gomod" app -json -noserial -notimestamp -licenses -std -output "$1" . 2>"$WORK/bill.log"
  ) || { cat "$WORK/bill.log" >&2; return 1; }
  rm -rf "$WORK/source"
}
