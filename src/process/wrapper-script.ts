/**
 * The leader of a background job's process group, in POSIX sh (dash, bash, busybox). It takes the claim, leaves its pid,
 * runs the job, and writes its exit status down, whatever becomes of the coordinator.
 *
 * $1 job directory, $2 command, $3 umask, $4 soft descriptor limit or -, $5 SHLVL of the job's environment or -;
 * descriptor 3 is the log, 4 is told of the claim by a byte, 0 to 2 are the null device, so that the shell's own
 * messages ("Killed", "cannot create ...") go nowhere.
 *
 * - Positional parameters only: a variable of ours would change one of the same name in the job's environment.
 * - Handlers, not '': an ignored signal would be inherited by the job, a handled one is back at its default there. PIPE,
 *   because the reader of 4 may be dead.
 * - A subshell becomes the job's shell: it costs no further process, and the wrapper's own descriptors stay as they are
 *   (dash redirects itself for a plain command, and would write "Killed" to the log).
 * - No signal falls into the gap between the wrapper's handlers and the job's defaults: the subshell has its defaults when
 *   it looks for `cancel` and when it tells of the claim, and whoever signals does so after writing the one or hearing the
 *   other. The byte after the job's end is for a subshell that was killed before it could tell.
 * - bash counts SHLVL up, and the job's own shell does it again.
 * - noclobber, for the other marks as well: a link that stands in the place of one is not written through. Off for the job,
 *   to which an exported SHELLOPTS would carry it.
 * - Only builtins: each spares a process.
 * - `exit` is written by one write(2); the newline at its end tells that all of it is there.
 */
export const wrapperScript = `
trap : TERM INT HUP PIPE
umask 077
set -C
true >"$1/started" || exit 1
echo $$ >"$1/pid"
(
  set +C
  if test -e "$1/cancel"; then exit 143; fi
  trap : PIPE
  echo >&4
  test "$4" = - || ulimit -S -n "$4"
  if test "$5" = -; then unset SHLVL; else SHLVL=$5; fi
  umask "$3"
  exec /bin/sh -c "$2" >&3 2>&3 3>&- 4>&-
)
set -- "$1" $?
echo $2 >"$1/exit"
echo >&4
exit $2
`;
