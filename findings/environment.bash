# Sourced by each script: puts a Python 3.12 with pinned packages into the script's temporary folder
# $work, and removes the folder when the script ends.
#
#   environment PACKAGE==VERSION...   installs them; $python is the interpreter
#   quiet_python                      runs the program on its input
#
# uv is taken from the checkout or from PATH. PYTHON may name another interpreter to build from.
set -euo pipefail

environment() {
  local uv here
  here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
  uv=$(command -v "$here/../.uv/bin/uv" || command -v uv) || {
    echo "uv is needed to install the packages; see CONTRIBUTING.md" >&2
    exit 2
  }
  trap 'rm -rf "$work"' EXIT
  python="$work/venv/bin/python"
  (
    cd "$work"
    "$uv" venv --no-config --quiet --python "$(interpreter "$uv")" "$work/venv"
    "$uv" pip install --no-config --quiet --python "$python" "$@"
  )
  # Nothing here asks the Hub, and no cache outside the folder is read or written.
  export HF_HUB_OFFLINE=1 HF_HOME="$work/hf" HF_LEROBOT_HOME="$work/lerobot"
  export QT_QPA_PLATFORM=offscreen
}

# Runs the program on its input; what libraries chatter on the error stream shows if it fails.
quiet_python() {
  "$python" - 2>"$work/stream" || {
    tail -n 20 "$work/stream" >&2
    exit 1
  }
}

interpreter() {
  local candidate
  for candidate in "${PYTHON:-}" "$("$1" python find --no-config --no-python-downloads 3.12 2>/dev/null || true)" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python; do
    if [[ -n "$candidate" && -x "$candidate" ]]; then
      echo "$candidate"
      return
    fi
  done
  echo 3.12
}
