/* Waiting without sleep, for a short while. */
#ifndef CONVFORGE_SRC_SPIN_H
#define CONVFORGE_SRC_SPIN_H

#include <stdbool.h>

/* Tells the core that this is a wait: what it does not need goes to its other hardware thread. */
static inline void convforge_pause(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/* Returns true when `ready(what)` does, or false after some 100 us. */
bool convforge_spin(bool (*ready)(void *what), void *what);

#endif
