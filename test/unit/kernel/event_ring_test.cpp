// SPDX-License-Identifier: Apache-2.0
// event_ring_test.cpp - readers of a ring buffer that the test writes by itself, as the kernel
// would.
#include "kernel/event_ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <vector>

#include "base/unique_fd.h"
#include "support/catch.h"

using sg::kernel::EventBatch;
using sg::kernel::EventRing;

namespace {

constexpr std::size_t kSize = 4096;
// So many that the buffer has room for a whole number of them: the next header falls on the oldest
// one.
constexpr std::size_t kRecord = 120;
constexpr std::uint64_t kStride = 128;  // with the header
constexpr std::uint64_t kFit = (kSize - 1) / kStride;

// The kernel's side. The data stand in the file twice, where the kernel maps the same pages twice.
class Buffer {
 public:
  Buffer()
      : fd_(::memfd_create("ring", MFD_CLOEXEC)),
        page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    REQUIRE(::ftruncate(fd_.get(), static_cast<off_t>(2 * page_ + 2 * kSize)) == 0);
    void* const all =
        ::mmap(nullptr, 2 * page_ + 2 * kSize, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
    REQUIRE(all != MAP_FAILED);
    all_ = static_cast<std::byte*>(all);
  }
  ~Buffer() { (void)::munmap(all_, 2 * page_ + 2 * kSize); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  // A record full of `fill`; false where there is no room, and then nothing is written.
  bool write(unsigned char fill, std::uint32_t flags = 0, std::uint32_t length = kRecord) {
    if (written_ + kStride - word(0) > kSize - 1) {
      return false;
    }
    begin(flags, length);
    for (std::size_t i = 0; i < kRecord; ++i) {
      put(written_ + BPF_RINGBUF_HDR_SZ + i, static_cast<std::byte>(fill));
    }
    written_ += kStride;
    publish();
    return true;
  }
  // The header of the next record, in front of the counter.
  void begin(std::uint32_t flags = BPF_RINGBUF_BUSY_BIT, std::uint32_t length = kRecord) {
    const std::uint32_t header = length | flags;
    std::byte bytes[sizeof header];
    std::memcpy(bytes, &header, sizeof header);
    for (std::size_t i = 0; i < sizeof header; ++i) {
      put(written_ + i, bytes[i]);
    }
  }
  // Takes the flags of the record at `position` away.
  void finish(std::uint64_t position) {
    const std::uint64_t end = written_;
    written_ = position;
    begin(0);
    written_ = end;
  }
  [[nodiscard]] std::uint64_t word(std::size_t index) const {
    std::uint64_t value = 0;
    std::memcpy(&value, all_ + index * sizeof value, sizeof value);
    return value;
  }
  [[nodiscard]] EventRing open() const {
    sg::Result<EventRing> ring = EventRing::map(fd_.get(), kSize, kRecord);
    REQUIRE(ring);
    return *std::move(ring);
  }

 private:
  void put(std::uint64_t position, std::byte value) {
    const std::size_t at = position % kSize;
    all_[2 * page_ + at] = value;
    all_[2 * page_ + kSize + at] = value;
  }
  void publish() { std::memcpy(all_ + page_, &written_, sizeof written_); }

  sg::UniqueFd fd_;
  std::size_t page_;
  std::byte* all_ = nullptr;
  std::uint64_t written_ = 0;
};

// The fill of each record of a batch, having looked that all of a record is one.
std::vector<int> fills(const EventBatch& batch) {
  std::vector<int> out;
  REQUIRE(batch.records.size() % kRecord == 0);
  for (std::size_t at = 0; at < batch.records.size(); at += kRecord) {
    for (std::size_t i = 1; i < kRecord; ++i) {
      REQUIRE(batch.records[at + i] == batch.records[at]);
    }
    out.push_back(std::to_integer<int>(batch.records[at]));
  }
  return out;
}

std::vector<int> read(EventRing& ring, std::size_t max = 1000) {
  const sg::Result<EventBatch> batch = ring.read(max);
  REQUIRE(batch);
  return fills(*batch);
}

}  // namespace

TEST_CASE("Event ring: looking takes nothing out, and every reader sees all") {
  Buffer buffer;
  EventRing first = buffer.open();
  CHECK_FALSE(first.has_more());
  CHECK(read(first).empty());
  CHECK(buffer.write(1));
  CHECK(buffer.write(2));
  CHECK(first.has_more());
  CHECK(read(first) == std::vector<int>{1, 2});
  CHECK_FALSE(first.has_more());
  CHECK(buffer.write(3));
  CHECK(read(first) == std::vector<int>{3});
  EventRing second = buffer.open();
  CHECK(read(second, 2) == std::vector<int>{1, 2});
  CHECK(read(second, 2) == std::vector<int>{3});
  CHECK(buffer.word(0) == 0);
}

TEST_CASE("Event ring: a full one keeps the oldest, and every record of it is valid") {
  Buffer buffer;
  int count = 0;
  while (buffer.write(static_cast<unsigned char>(count))) {
    ++count;
  }
  CHECK(count == kFit);
  EventRing ring = buffer.open();
  CHECK(ring.state().oldest == 0);
  CHECK(read(ring).size() == kFit);
}

TEST_CASE("Event ring: what was taken out can be read until it is written over") {
  Buffer buffer;
  EventRing follower = buffer.open();
  for (int i = 0; i < 200; ++i) {  // several rounds
    REQUIRE(buffer.write(static_cast<unsigned char>(i)));
    REQUIRE(read(follower) == std::vector<int>{i});
    follower.take_out();
  }
  CHECK(buffer.word(0) == 200 * kStride);
  EventRing looker = buffer.open();
  const std::vector<int> seen = read(looker);
  // All but what the next record, or its header, may be written over.
  REQUIRE(seen.size() >= kFit - 1);
  CHECK(seen.front() == 200 - static_cast<int>(seen.size()));
  CHECK(seen.back() == 199);
}

TEST_CASE("Event ring: a header that is written before the counter moves spoils no copy") {
  Buffer buffer;
  EventRing follower = buffer.open();
  for (std::size_t i = 0; i < 100; ++i) {
    REQUIRE(buffer.write(7));
    (void)read(follower);
    follower.take_out();
    buffer.begin();
    EventRing looker = buffer.open();
    REQUIRE(read(looker).size() >= std::min<std::size_t>(i + 1, kFit - 1));
  }
}

TEST_CASE("Event ring: a reader that was overtaken says how many it missed") {
  Buffer buffer;
  EventRing slow = buffer.open();
  EventRing fast = buffer.open();
  constexpr int kWritten = 250;
  for (int i = 0; i < kWritten; ++i) {
    REQUIRE(buffer.write(static_cast<unsigned char>(i)));
    REQUIRE(read(fast) == std::vector<int>{i});
    fast.take_out();
  }
  const sg::Result<EventBatch> batch = slow.read(1000);
  REQUIRE(batch);
  const std::vector<int> seen = fills(*batch);
  CHECK(batch->missed + seen.size() == kWritten);
  CHECK(seen.size() >= kFit - 1);
  CHECK(seen.front() == static_cast<int>(batch->missed));
  CHECK(slow.read(1000)->missed == 0);
}

TEST_CASE("Event ring: taking out never goes backwards") {
  Buffer buffer;
  EventRing first = buffer.open();
  EventRing second = buffer.open();
  CHECK(buffer.write(1));
  (void)read(first);
  first.take_out();
  second.take_out();  // has read nothing
  CHECK(buffer.word(0) == kStride);
}

TEST_CASE("Event ring: what was put away is not shown again") {
  Buffer buffer;
  CHECK(buffer.write(1));
  EventRing clearing = buffer.open();
  EventRing other = buffer.open();
  (void)read(clearing);
  CHECK(other.cleared_dropped() == 0);
  clearing.clear(5);
  other.clear(4);  // has read nothing, and knows of fewer
  CHECK(buffer.write(2));
  EventRing later = buffer.open();
  CHECK(read(later) == std::vector<int>{2});
  CHECK(read(other) == std::vector<int>{1, 2});  // it had begun before
  CHECK(buffer.word(0) == kStride);
  CHECK(buffer.word(1) == kStride);
  CHECK(later.cleared_dropped() == 5);
}

TEST_CASE(
    "Event ring: forwarding goes on where it ended, whoever looked, followed or put away "
    "meanwhile") {
  Buffer buffer;
  EventRing first = buffer.open();
  first.seek_forwarded();
  CHECK(buffer.write(1));
  CHECK(read(first) == std::vector<int>{1});
  first.mark_forwarded();
  CHECK(buffer.write(2));
  EventRing other = buffer.open();
  (void)read(other);
  other.clear(0);
  EventRing next = buffer.open();
  next.seek_forwarded();
  CHECK(read(next) == std::vector<int>{2});
  for (int i = 0; i < 100; ++i) {
    REQUIRE(buffer.write(3));
    (void)read(other);
    other.take_out();
  }
  EventRing late = buffer.open();
  late.seek_forwarded();
  const sg::Result<EventBatch> batch = late.read(1000);
  REQUIRE(batch);
  CHECK(batch->missed + fills(*batch).size() == 101);
}

TEST_CASE(
    "Event ring: a record that is being written ends the batch, a discarded one is passed over") {
  Buffer buffer;
  EventRing ring = buffer.open();
  CHECK(buffer.write(1));
  CHECK(buffer.write(2, BPF_RINGBUF_DISCARD_BIT));
  CHECK(buffer.write(3, BPF_RINGBUF_BUSY_BIT));
  CHECK(buffer.write(4));
  const sg::Result<EventBatch> batch = ring.read(1000);
  REQUIRE(batch);
  CHECK(fills(*batch) == std::vector<int>{1});
  CHECK(batch->discarded == 1);
  CHECK(read(ring).empty());
  ring.take_out();
  CHECK(buffer.word(0) == 2 * kStride);
  buffer.finish(2 * kStride);
  CHECK(read(ring) == std::vector<int>{3, 4});
}

TEST_CASE("Event ring: readers agree on the difference of two clocks until somebody sets one") {
  Buffer buffer;
  EventRing first = buffer.open();
  EventRing second = buffer.open();
  CHECK(first.agree_on_offset(5'000'000'000) == 5'000'000'000);
  CHECK(second.agree_on_offset(5'000'999'999) == 5'000'000'000);
  CHECK(second.agree_on_offset(4'999'000'000) == 5'000'000'000);
  CHECK(second.agree_on_offset(5'001'000'001) == 5'001'000'001);
  CHECK(first.agree_on_offset(5'001'000'500) == 5'001'000'001);
  CHECK(first.agree_on_offset(-7) == -7);
}

TEST_CASE("Event ring: records of another size are refused") {
  Buffer buffer;
  CHECK(buffer.write(1, 0, kRecord + 1));
  EventRing ring = buffer.open();
  const sg::Result<EventBatch> batch = ring.read(1);
  REQUIRE_FALSE(batch);
  CHECK(batch.error().code == sg::Errc::kUnsupported);
}

TEST_CASE("Event ring: moves hand the mapping over") {
  Buffer buffer;
  CHECK(buffer.write(1));
  EventRing first = buffer.open();
  EventRing second = std::move(first);
  CHECK(read(second) == std::vector<int>{1});
  EventRing& same = second;
  second = std::move(same);
  CHECK_FALSE(second.has_more());
  second = buffer.open();
  CHECK(read(second) == std::vector<int>{1});
}

TEST_CASE("Event ring: something that is no map of the kernel") {
  const sg::UniqueFd fd(::memfd_create("none", MFD_CLOEXEC));
  CHECK_FALSE(EventRing::open(fd.get(), kRecord));
  CHECK_FALSE(EventRing::open(-1, kRecord));
}
