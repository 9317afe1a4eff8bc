#!/bin/sh
# Counts the files of a folder that are older than some minutes. A plugin as sites write them.
folder=$1 warning=$2 critical=$3
if [ ! -d "$folder" ]; then
  echo "SPOOL UNKNOWN - $folder is no folder"
  exit 3
fi
count=$(find "$folder" -maxdepth 1 -type f -mmin +5 | wc -l)
state=OK code=0
if [ "$count" -ge "$critical" ]; then
  state=CRITICAL code=2
elif [ "$count" -ge "$warning" ]; then
  state=WARNING code=1
fi
echo "SPOOL $state - $count files | files=$count;$warning;$critical;0"
exit $code
