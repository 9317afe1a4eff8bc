# For the hooks: in_checkout COMMIT COMMAND… runs a command in the files of a commit.
. "$here/names.sh"

# A pushed refs/replace/… would put other files in the place of those that were looked at.
GIT_NO_REPLACE_OBJECTS=1
export GIT_NO_REPLACE_OBJECTS
state=${GIT_DIR:-.}/rollout
mkdir -p "$state" || exit 1

in_checkout() {
  commit=$1
  shift
  folder=$(mktemp -d) || return 1
  # For the announcement of a roll-out.
  ROLLOUT_COMMIT=$(git rev-parse --short "$commit^{commit}") ROLLOUT_SUBJECT=$(git log -1 --format='%an: %s' "$commit")
  export ROLLOUT_COMMIT ROLLOUT_SUBJECT
  # The references that a hook reads are not for the command, nor is the lock for what it starts.
  write_site "$commit" "$folder" && (cd "$folder/site" && "$@" </dev/null 9>&-)
  result=$?
  rm -rf "$folder"
  return $result
}

# Nothing else of the commit is written, no link is made, and no attribute of the repository counts, as it would with `git archive`.
write_site() {
  mkdir "$2/site" && git ls-tree -r "$1" -- site.conf values satellites >"$2/list" || return 1
  result=0
  while IFS= read -r line; do
    path=${line#*	} object=${line%%	*}
    case $line in 100644\ blob\ * | 100755\ blob\ *) is_site_file "$path" ;; *) false ;; esac || {
      printf '%s\n' "rollout: $path is refused: there are only plain files, by the names $FORMS" >&2
      result=1
      continue
    }
    mkdir -p "$2/site/$(dirname "$path")" && git cat-file blob "${object##* }" >"$2/site/$path" || return 1
  done <"$2/list"
  return $result
}

is_deletion() {
  case $1 in *[!0]*) return 1 ;; esac
}

stage_of() {
  case $1 in
    refs/heads/main) echo dev ;;
    refs/tags/prod-*) echo prod ;;
  esac
}
