# For the hooks: in_checkout COMMIT COMMAND… runs a command in the files of a commit.
in_checkout() {
  commit=$1
  shift
  folder=$(mktemp -d) || return 1
  git archive "$commit" | tar -x -C "$folder" && (cd "$folder" && "$@")
  result=$?
  rm -rf "$folder"
  return $result
}

NONE=0000000000000000000000000000000000000000
