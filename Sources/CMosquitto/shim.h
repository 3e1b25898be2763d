#pragma once

#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TRIPLINE_READABLE = 1, TRIPLINE_WRITABLE = 2, TRIPLINE_WOKEN = 4 };

/// A descriptor by which one thread wakes another, or -1.
static inline int tripline_alarm_new(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

/// Wakes whoever waits with the descriptor, now or the next time.
static inline void tripline_alarm_ring(int alarm) {
  uint64_t one = 1;
  if (write(alarm, &one, sizeof one) < 0) return;
}

/// Waits until a socket can be read, or written where that is wanted, until the alarm is rung, which is over then, or so many
/// milliseconds; says what has come.
static inline int tripline_wait(int socket, bool writes, int alarm, int limit) {
  struct pollfd sources[2] = {{socket, (short)(writes ? POLLIN | POLLOUT : POLLIN), 0}, {alarm, POLLIN, 0}};
  if (poll(sources, 2, limit) <= 0) return 0;
  int found = 0;
  // What is broken is found out by reading it.
  if (sources[0].revents & ~POLLOUT) found |= TRIPLINE_READABLE;
  if (sources[0].revents & POLLOUT) found |= TRIPLINE_WRITABLE;
  uint64_t count;
  if (sources[1].revents & POLLIN && read(alarm, &count, sizeof count) > 0) found |= TRIPLINE_WOKEN;
  return found;
}
