# Installs what a fresh Debian machine lacks. Sourced by run and test; prints on standard error only, and does nothing when nothing is missing.

say() { printf '%s\n' "$*" >&2; }

refuse() { say "$1"; say "$2"; exit 2; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else refuse "Installing packages needs root, and there is no sudo." "Run as root once: apt-get install $wanted"; fi
}

# need_packages WHAT PACKAGE…: installs the Debian packages that are missing.
need_packages() {
  local what=$1 missing=()
  shift
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return
  wanted=${missing[*]}
  command -v apt-get >/dev/null || refuse "$what is missing, and this is no Debian system." "Install the equivalents of: $wanted"
  say "Crossbench needs $what. Installing: $wanted"
  as_root apt-get update -qq >&2 || say "The package lists could not be refreshed; going on with those on this machine."
  apt-get install -s --no-install-recommends "$@" 2>/dev/null | grep -E '^[0-9]+ upgraded' >&2 || true
  apt-get install --assume-no --no-install-recommends "${missing[@]}" 2>/dev/null | grep -E '^(Need to get|After this operation)' >&2 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 \
    || refuse "$what could not be installed." "Check the network and run: apt-get install $wanted"
}

need_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks 2>/dev/null | grep -q '^10\.' && return
  refuse "The .NET SDK 10 is missing." "Install it as https://dotnet.microsoft.com/download tells, then run this again."
}

need_native() {
  if [ -n "${LibTorchPath:-}" ]; then
    [ -e "$LibTorchPath/share/cmake/Torch/TorchConfig.cmake" ] || refuse "LibTorchPath is \"$LibTorchPath\", but there is no share/cmake/Torch/TorchConfig.cmake below it." "Point it at the folder of an unpacked libtorch, 1.13 or newer."
    need_packages "a C++ compiler" g++ cmake make
  else
    # Without OpenBLAS by name, libtorch falls to the reference BLAS, which is many times slower.
    need_packages "libtorch, OpenBLAS and a C++ compiler (about 1 GB on disk)" libtorch-dev libdnnl-dev libopenblas0-pthread g++ cmake make
  fi
}

need_web_assets() {
  local folder=$root/wwwroot-assets
  [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && return
  command -v npm >/dev/null || need_packages "npm, to bring the libraries for charts and equations and the GPT-2 ranks (about 34 MB)" npm
  say "Bringing the libraries for charts and equations and the GPT-2 ranks with npm (about 34 MB)."
  (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2) || refuse "npm could not bring the packages of wwwroot-assets/package.json." "Check the network and run this again."
  touch "$folder/node_modules/.package-lock.json"
}

need_browser() { need_packages "Chromium for the browser tests (about 300 MB)" chromium; }

# is_built STAMP: true when nothing that a build reads is newer than the stamp.
is_built() {
  [ -e "$1" ] && [ -z "$(cd "$root" && find Dashboard.* bench build wwwroot-assets ./*.props global.json .editorconfig \
    \( -name bin -o -name obj -o -name node_modules -o -path Dashboard.Web/wwwroot \) -prune -o -newer "$1" -print -quit 2>/dev/null)" ]
}

# build_once STAMP PROJECT: builds in Release unless the stamp says that nothing changed.
build_once() {
  local stamp=$root/artifacts/$1 log=$root/artifacts/$1.log
  is_built "$stamp" && return
  mkdir -p "$root/artifacts"
  local began=$root/artifacts/$1.began
  touch "$began"
  say "Building Crossbench."
  if ! dotnet build "$root/$2" -c Release --nologo -v quiet >"$log" 2>&1; then
    cat "$log" >&2
    refuse "The build failed." "The messages above say why; they are kept in artifacts/$1.log."
  fi
  mv "$began" "$stamp"
  touch "$stamp"
}
