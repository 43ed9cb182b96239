#include "fork_server.h"

#include "failing_malloc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { hang_seconds = 60, own_error = 125 };

static void redirect(const char *path, int descriptor) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || dup2(file, descriptor) < 0 || close(file) < 0)
    _exit(own_error);
}

static void become_program(int socket, long number, const char *directory) {
  setpgid(0, 0);
  close(socket);
  if (chdir(directory) != 0)
    _exit(own_error);
  redirect("stdout", STDOUT_FILENO);
  redirect("stderr", STDERR_FILENO);
  if (chdir("work") != 0)
    _exit(own_error);
  const struct rlimit no_core = {0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  unsetenv("LD_PRELOAD"); /* programs that this one starts have memory */
  failing_malloc_set(number);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* waitpid()'s status, or -1 for a child that had to be killed. */
static int status_of(pid_t child) {
  const double deadline = now() + hang_seconds;
  const struct timespec pause = {.tv_nsec = 300000};
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (now() > deadline) {
      kill(-child, SIGKILL);
      waitpid(child, &status, 0);
      return -1;
    }
    nanosleep(&pause, NULL);
  }
  return status;
}

/* Answers 0 in a child, which goes on to main(). */
static int serve(int socket, char *order) {
  char *end = order;
  const long number = strtol(order, &end, 10);
  const char *directory = end + strspn(end, " ");
  const pid_t child = fork();
  if (child < 0)
    _exit(own_error);
  if (child == 0) {
    become_program(socket, number, directory);
    return 0;
  }
  const int status = status_of(child);
  char answer[64];
  const int length = snprintf(answer, sizeof answer, "%d %ld\n", status, failing_malloc_count());
  return write(socket, answer, (size_t)length) == length;
}

void fork_server_run(void) {
  const char *name = getenv("FAILING_MALLOC_SERVER");
  if (name == NULL)
    return;
  const int socket = atoi(name);
  unsetenv("FAILING_MALLOC_SERVER");
  if (failing_malloc_share() != 0)
    _exit(own_error);
  char order[512];
  ssize_t length = 0;
  /* One order a message: the driver waits for the answer before it sends the next one. */
  while ((length = read(socket, order, sizeof order - 1)) > 0) {
    order[length] = 0;
    order[strcspn(order, "\n")] = 0;
    if (serve(socket, order) == 0)
      return;
  }
  _exit(0);
}
