// Signals that wait.
#pragma once

#include <csignal>

namespace convforge {

/// While it lives, what asks the program to end (SIGINT, SIGTERM, SIGHUP) waits in this thread: whoever has a
/// temporary directory on the disk takes it away first. Programs that run_process() starts get the signals
/// as ever, so that nobody waits for them after Ctrl-C.
class HeldSignals {
public:
  HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
      sigaddset(&held, signal);
    pthread_sigmask(SIG_BLOCK, &held, &before_);
  }
  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals &) = delete;
  HeldSignals &operator=(const HeldSignals &) = delete;

private:
  sigset_t before_ = {};
};

} // namespace convforge
