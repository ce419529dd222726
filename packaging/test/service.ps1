# Shows the service of Windows at work: install, kill, stop, start, the rights that it has, uninstall. Run it as administrator on
# a computer for tests, with the path of an installed perch.exe: pwsh packaging/test/service.ps1 "C:\Program Files\Perch\perch.exe"
param([Parameter(Mandatory)][string]$program)
$ErrorActionPreference = "Stop"
$folder = "$env:ProgramData\Perch"
function Perch { & $program --home $folder @args; if ($LASTEXITCODE) { throw "perch $args ended with $LASTEXITCODE" } }
function Status { & $program --home $folder service status --json | ConvertFrom-Json }
function Await($what, $condition) {
  foreach ($i in 1..120) { if (& $condition) { return }; Start-Sleep -Milliseconds 500 }
  Status | Out-Host
  throw "in a minute there was not: $what"
}

Perch init
$toml = Get-Content "$folder\perch.toml" -Raw
$toml = $toml -replace '(?m)^secrets = .*', 'secrets = "vault"' -replace '(?m)^receive_url = .*', 'receive_url = "http://127.0.0.1:9/api/openchannel/receive/x"'
$toml = $toml -replace '(?m)^user = ""', 'user = "perch"' -replace '(?m)^listen = "127.0.0.1:3002"', 'listen = "127.0.0.1:0"'
[IO.File]::WriteAllText("$folder\perch.toml", $toml)
"correct horse" | Perch secret keep --passphrase-stdin
foreach ($key in "x.consumer_key", "x.consumer_secret", "x.access_token", "x.access_token_secret", "motion.password") {
  "secret-of-a-test" | Perch secret set --channel support $key
}
Perch service install
$service = Get-CimInstance Win32_Service -Filter "Name = 'Perch'"
if ($service.StartName -ne "NT SERVICE\Perch") { throw "it runs as $($service.StartName)" }
if ((& sc.exe qfailure Perch | Out-String) -notmatch "RESTART") { throw "it does not come back" }
if ((& sc.exe qfailureflag Perch | Out-String) -notmatch "TRUE") { throw "it does not come back after an error" }
if ((icacls $folder | Out-String) -match "BUILTIN\\Users") { throw "everybody may read $folder" }
Perch status

$before = (Status).pid
Stop-Process -Id $before -Force
Await "a relay after one was killed" { $now = Status; $now.running -and $now.pid -ne $before }
Perch status
Rename-Item "$folder\vault-passphrase" kept
& $program --home $folder restart
if (-not $LASTEXITCODE) { throw "it started without a passphrase" }
if ((Status).detail -notmatch "passphrase") { throw "it does not say why: $((Status).detail)" }
Rename-Item "$folder\kept" vault-passphrase
Await "a relay once its passphrase is back" { (Status).running }

Perch stop
Start-Sleep 15
if ((Status).running) { throw "it does not stay stopped" }
Perch start
Perch restart
Perch service install
Perch service uninstall
if (Get-Service Perch -ErrorAction SilentlyContinue) { throw "it is still there" }
if (-not (Test-Path "$folder\vault.age")) { throw "the secrets are gone" }
Write-Output "The service is as it should be."
