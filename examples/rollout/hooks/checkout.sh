# For the hooks: in_checkout COMMIT COMMAND… runs a command in the files of a commit.
in_checkout() {
  commit=$1
  shift
  folder=$(mktemp -d) || return 1
  # For the announcement of a roll-out.
  ROLLOUT_COMMIT=$(git rev-parse --short "$commit^{commit}") ROLLOUT_SUBJECT=$(git log -1 --format='%an: %s' "$commit")
  export ROLLOUT_COMMIT ROLLOUT_SUBJECT
  git archive "$commit" | tar -x -C "$folder" && (cd "$folder" && "$@")
  result=$?
  rm -rf "$folder"
  return $result
}

NONE=0000000000000000000000000000000000000000
