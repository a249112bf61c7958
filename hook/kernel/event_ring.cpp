// SPDX-License-Identifier: Apache-2.0
// event_ring.cpp - the two counters of a BPF ring buffer, its data, and the rule that makes a copy
// valid.
//
// The layout is the kernel's interface to user space: one page with the consumer's counter,
// writable; one with the producers', read-only; the data, mapped twice in a row, so that no record
// is cut. A record begins with its length in 32 bits, of which two are flags, and 32 bits for the
// kernel.
//
// A guard that makes a record writes its header first, then moves the producers' counter, then
// fills it. So a copy is valid if the counter, read after it, and one more record fit between the
// position and the end of the buffer. The kernel looks at nothing but the first word of the
// consumer's page. Some more are ours: the positions up to which events were put away and
// forwarded, with the number of dropped ones; a difference of clocks. They live as long as the
// buffer, as they must.
#include "kernel/event_ring.h"

#include <bpf/bpf.h>
#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/check.h"
#include "event_abi.h"

namespace sg::kernel {
namespace {

constexpr const char* kHint = "reading events needs root in the host's user namespace";
constexpr std::uint32_t kLengthMask = ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
// Words of the consumer's page.
constexpr std::size_t kTaken = 0;
constexpr std::size_t kCleared = 1;
constexpr std::size_t kForwarded = 2;
constexpr std::size_t kOffset = 3;
constexpr std::size_t kClearedDropped = 4;

// A measurement is wrong by less, and somebody who sets the clock sets it by more.
constexpr std::int64_t kSameOffset = 1'000'000;

std::uint64_t load(const std::byte* page, std::size_t word) {
  static_assert(sizeof(unsigned long) == sizeof(std::uint64_t),
                "the kernel's counters are unsigned long");
  return __atomic_load_n(reinterpret_cast<const std::uint64_t*>(page) + word, __ATOMIC_ACQUIRE);
}

// The word becomes `value` unless it is greater.
void raise(std::byte* page, std::size_t word, std::uint64_t value) {
  auto* const counter = reinterpret_cast<std::uint64_t*>(page) + word;
  std::uint64_t old = __atomic_load_n(counter, __ATOMIC_ACQUIRE);
  while (old < value && !__atomic_compare_exchange_n(counter, &old, value, /*weak=*/true,
                                                     __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {}
}

}  // namespace

EventRing::EventRing(std::byte* consumer, const std::byte* producer, std::size_t page,
                     std::size_t size, std::size_t record_size) noexcept
    : consumer_(consumer),
      producer_(producer),
      page_(page),
      size_(size),
      record_size_(record_size),
      stride_((record_size + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8) {}

EventRing::EventRing(EventRing&& other) noexcept { *this = std::move(other); }

EventRing& EventRing::operator=(EventRing&& other) noexcept {
  if (this != &other) {
    unmap();
    consumer_ = std::exchange(other.consumer_, nullptr);
    producer_ = std::exchange(other.producer_, nullptr);
    page_ = other.page_;
    size_ = other.size_;
    record_size_ = other.record_size_;
    stride_ = other.stride_;
    position_ = other.position_;
  }
  return *this;
}

EventRing::~EventRing() { unmap(); }

void EventRing::unmap() noexcept {
  if (consumer_ != nullptr) {
    (void)::munmap(consumer_, page_);
    (void)::munmap(const_cast<std::byte*>(producer_), page_ + 2 * size_);
    consumer_ = nullptr;
    producer_ = nullptr;
  }
}

Result<EventRing> EventRing::open(int ring_fd, std::size_t record_size) {
  bpf_map_info info{};
  __u32 info_size = sizeof info;
  if (bpf_obj_get_info_by_fd(ring_fd, &info, &info_size) != 0) {
    return system_error("look at the ring buffer of events", errno, kHint);
  }
  if (info.type != BPF_MAP_TYPE_RINGBUF) {
    return Error{Errc::kSystem, "the map of events is no ring buffer",
                 "is it that of another program?"};
  }
  return map(ring_fd, info.max_entries, record_size);
}

Result<EventRing> EventRing::map(int fd, std::size_t size, std::size_t record_size) {
  SG_CHECK(std::has_single_bit(size) &&
           size >= 4 * record_size);  // a ring buffer has at least a page
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const consumer = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (consumer == MAP_FAILED) {
    return system_error("map the ring buffer of events", errno, kHint);
  }
  void* const producer =
      ::mmap(nullptr, page + 2 * size, PROT_READ, MAP_SHARED, fd, static_cast<off_t>(page));
  if (producer == MAP_FAILED) {
    const int err = errno;
    (void)::munmap(consumer, page);
    return system_error("map the data of the ring buffer of events", err, kHint);
  }
  EventRing ring(static_cast<std::byte*>(consumer), static_cast<const std::byte*>(producer), page,
                 size, record_size);
  const EventRingState state = ring.state();
  ring.position_ = std::max(state.oldest, state.cleared);
  return ring;
}

// Records stand at multiples of stride_ from the beginning, over all rounds.
std::uint64_t EventRing::oldest_of(std::uint64_t written) const noexcept {
  if (written + stride_ <= size_) {
    return 0;
  }
  return (written + stride_ - size_ + stride_ - 1) / stride_ * stride_;
}

// `written` is read before `taken`: what guards may write over is then at most what the counters
// say.
EventRingState EventRing::state() const noexcept {
  EventRingState state;
  state.written = load(producer_, 0);
  state.taken = load(consumer_, kTaken);
  state.cleared = load(consumer_, kCleared);
  // What nobody took out is not written over, even where there is no room for one more.
  state.oldest = std::min(oldest_of(state.written), state.taken);
  return state;
}

void EventRing::seek_forwarded() noexcept { position_ = load(consumer_, kForwarded); }

bool EventRing::has_more() const noexcept { return load(producer_, 0) > position_; }

std::uint32_t EventRing::copy_record(std::vector<std::byte>& records) const {
  const std::byte* const at = producer_ + page_ + (position_ & (size_ - 1));
  const std::uint32_t header =
      __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_ACQUIRE);
  const std::size_t old_size = records.size();
  records.resize(old_size + record_size_);
  std::memcpy(records.data() + old_size, at + BPF_RINGBUF_HDR_SZ, record_size_);
  std::atomic_thread_fence(
      std::memory_order_acquire);  // the caller reads the counters after the copy
  return header;
}

Result<EventBatch> EventRing::read(std::size_t max) {
  EventBatch batch;
  while (batch.records.size() < max * record_size_ && has_more()) {
    const std::size_t old_size = batch.records.size();
    const std::uint32_t header = copy_record(batch.records);
    if (const std::uint64_t oldest = state().oldest; oldest > position_) {
      batch.records.resize(old_size);
      batch.missed += (oldest - position_) / stride_;
      position_ = oldest;
      continue;
    }
    if ((header & BPF_RINGBUF_BUSY_BIT) != 0) {
      batch.records.resize(old_size);
      break;
    }
    if ((header & kLengthMask) != record_size_) {
      return Error{Errc::kUnsupported, "the ring buffer of events has records of another size",
                   "use the sysctl-guard that the guards are of"};
    }
    if ((header & BPF_RINGBUF_DISCARD_BIT) != 0) {
      batch.records.resize(old_size);
      ++batch.discarded;
    }
    position_ += stride_;
  }
  return batch;
}

void EventRing::take_out() noexcept { raise(consumer_, kTaken, position_); }

void EventRing::clear(std::uint64_t dropped) noexcept {
  raise(consumer_, kCleared, position_);
  raise(consumer_, kClearedDropped, dropped);
  take_out();
}

std::uint64_t EventRing::cleared_dropped() const noexcept {
  return load(consumer_, kClearedDropped);
}

void EventRing::mark_forwarded() noexcept {
  raise(consumer_, kForwarded, position_);
  take_out();
}

std::int64_t EventRing::agree_on_offset(std::int64_t measured) noexcept {
  auto* const word = reinterpret_cast<std::uint64_t*>(consumer_) + kOffset;
  std::uint64_t old = __atomic_load_n(word, __ATOMIC_ACQUIRE);
  while (old == 0 || std::abs(static_cast<std::int64_t>(old) - measured) > kSameOffset) {
    if (__atomic_compare_exchange_n(word, &old, static_cast<std::uint64_t>(measured),
                                    /*weak=*/false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
      return measured;
    }
  }
  return static_cast<std::int64_t>(old);
}

}  // namespace sg::kernel
