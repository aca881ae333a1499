/**
 * The leader of a background job's process group, in POSIX sh (dash, bash, busybox). It takes the claim, leaves its pid,
 * runs the job, and writes its exit status down, whatever becomes of the coordinator.
 *
 * $1 job directory, $2 command, $3 umask, $4 soft descriptor limit or -, $5 SHLVL of the job's environment or -;
 * descriptor 3 is the log, 4 is told of the claim by one byte, 0 to 2 are the null device, so that the shell's own
 * messages ("Killed", "cannot create ...") go nowhere.
 *
 * - Positional parameters only: a variable of ours would change one of the same name in the job's environment.
 * - Handlers, not '': an ignored signal would be inherited by the job, a handled one is back at its default there. PIPE,
 *   because the reader of 4 may be dead.
 * - bash counts SHLVL up, the job's own shell does it again.
 * - A subshell that becomes the job's shell costs no further process, and keeps the wrapper's own descriptors as they are:
 *   dash would otherwise redirect itself meanwhile, and write "Killed" to the log.
 * - Only builtins, and 4 is closed before the job's fork: each spares a process, or a descriptor in the job.
 * - `exit` is written by one write(2); the newline at its end tells that all of it is there.
 */
export const wrapperScript = `
trap : TERM INT HUP PIPE
umask 077
set -C
true >"$1/started" || exit 1
set +C
echo $$ >"$1/pid"
echo >&4
exec 4>&-
if test -e "$1/cancel"; then
  set -- "$1" 143
else
  test "$4" = - || ulimit -S -n "$4"
  if test "$5" = -; then unset SHLVL; else SHLVL=$5; fi
  umask "$3"
  (exec /bin/sh -c "$2" >&3 2>&3 3>&-)
  set -- "$1" $?
  umask 077
fi
echo $2 >"$1/exit"
exit $2
`;
