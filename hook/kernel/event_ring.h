// SPDX-License-Identifier: Apache-2.0
// event_ring.h - the ring buffer that guards write events into, for any number of readers at a
// time.
//
// libbpf's reader takes records out, and then nobody else sees them. Here a record stays readable
// after it was taken out, until a newer one is written over it: taking out only permits that. So
// whoever looks disturbs nobody, several that follow do not rob each other, and all of the buffer
// is room for a burst.
//
//   oldest that is left      taken out up to        written up to
//        |  readable, may be     |  readable, guards     |
//        |  written over         |  drop new ones where  |
//        |                       |  this is all of it    |
//
// Each reader has a position of its own. A record is copied, and then it is made sure that no guard
// was about to write over it meanwhile. All records have the same size, so a reader that was
// overtaken says how many it missed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"

namespace sg::kernel {

// Positions are bytes since the buffer was made; they only grow.
struct EventRingState {
  std::uint64_t oldest = 0;   // the first record that is left
  std::uint64_t cleared = 0;  // what is in front of it was put away by clear()
  std::uint64_t taken = 0;    // guards may write over what is in front of it
  std::uint64_t written = 0;  // behind the last record
};

// What one read() found.
struct EventBatch {
  std::vector<std::byte> records;  // one behind the other, each of record_size bytes
  std::uint64_t missed = 0;        // written over before they could be read
  std::uint64_t discarded = 0;     // that their guard gave up
};

// One mapping of the buffer, and a reader's position in it. Not for two threads at a time.
class EventRing {
 public:
  // Maps the ring buffer `ring_fd`, which may be closed afterwards, with records of `record_size`
  // bytes. The position is the oldest event that is left and was not put away. Errors: kSystem.
  [[nodiscard]] static Result<EventRing> open(int ring_fd, std::size_t record_size);
  // The same of anything that can be mapped and has the layout, with room for `size` bytes, a power
  // of two.
  [[nodiscard]] static Result<EventRing> map(int fd, std::size_t size, std::size_t record_size);

  EventRing(EventRing&& other) noexcept;
  EventRing& operator=(EventRing&& other) noexcept;
  EventRing(const EventRing&) = delete;
  EventRing& operator=(const EventRing&) = delete;
  ~EventRing();

  [[nodiscard]] EventRingState state() const noexcept;

  // The reader goes on behind what was forwarded last, by any reader: nothing is forwarded twice.
  void seek_forwarded() noexcept;
  // Where the reader is.
  [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
  // Whether there is anything behind it.
  [[nodiscard]] bool has_more() const noexcept;

  // At most `max` events from the position on, which moves behind them. It ends in front of one
  // that is still being written. Errors: kUnsupported where the buffer has records of another size.
  [[nodiscard]] Result<EventBatch> read(std::size_t max);

  // Takes out what is in front of the reader. Never backwards, whoever else does the same at that
  // moment.
  void take_out() noexcept;
  // Takes it out, and open() of others begins behind it. How many were `dropped` until then is put
  // away with it.
  void clear(std::uint64_t dropped) noexcept;
  [[nodiscard]] std::uint64_t cleared_dropped() const noexcept;
  // Takes it out, and seek_forwarded() of others goes there.
  void mark_forwarded() noexcept;

  // One difference of two clocks for all readers, so that an event has the same time for each of
  // them: that of the first reader, as long as `measured` is within a millisecond of it, else
  // `measured` from here on.
  [[nodiscard]] std::int64_t agree_on_offset(std::int64_t measured) noexcept;

 private:
  EventRing(std::byte* consumer, const std::byte* producer, std::size_t page, std::size_t size,
            std::size_t record_size) noexcept;
  void unmap() noexcept;
  [[nodiscard]] std::uint64_t oldest_of(std::uint64_t written) const noexcept;
  // The header of the record at the position, and its bytes behind those of `records`.
  [[nodiscard]] std::uint32_t copy_record(std::vector<std::byte>& records) const;

  std::byte* consumer_ = nullptr;        // one page of words
  const std::byte* producer_ = nullptr;  // one page, and behind it twice the data
  std::size_t page_ = 0;
  std::size_t size_ = 0;  // of the data: a power of two
  std::size_t record_size_ = 0;
  std::uint64_t stride_ = 0;  // a record with its header
  std::uint64_t position_ = 0;
};

}  // namespace sg::kernel
