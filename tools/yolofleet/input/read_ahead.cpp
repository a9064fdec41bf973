#include "input/read_ahead.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <utility>

#include "input/read.hpp"

namespace yolofleet::command {
namespace {

using Clock = std::chrono::steady_clock;

/// More threads are started once `next` has waited for so long in a stretch of time. A thread that
/// is late on a busy machine is no reason: 32 threads need almost twice the time of the CPU for a
/// file from the page cache that two need (docs/measurements/2026-12-01.md).
constexpr std::chrono::milliseconds kPatience{20};
constexpr std::chrono::milliseconds kStretch{100};
constexpr std::chrono::milliseconds kHangs{500};

std::optional<std::size_t> size_of(const Entry& entry) {
  struct stat status {};
  if (entry.standard_input) {
    return std::nullopt;
  }
  if (::stat(file_of(entry).c_str(), &status) != 0) {
    return 0;
  }
  return S_ISREG(status.st_mode) ? std::optional(static_cast<std::size_t>(status.st_size))
                                 : std::nullopt;
}

}  // namespace

FileReader file_reader(int stop_descriptor) {
  return {size_of, [stop_descriptor](const Entry& entry) {
            return read_file(file_of(entry), stop_descriptor);
          }};
}

/// The threads share it. A thread that finds it closing touches nothing else any more.
struct ReadAhead::State {
  struct Slot {
    Slot(Entry its_entry, std::uint64_t its_number)
        : entry(std::move(its_entry)), number(its_number) {}

    Entry entry;
    const std::uint64_t number;       // among all pictures
    std::optional<std::size_t> size;  // in bytes; nothing if it isn't a regular file
    bool may_read = false;
    std::condition_variable granted;  // `may_read` is true
    std::size_t counted = 0;          // in `bytes`
    std::optional<Result<EncodedImage>> read;
  };

  State(FileReader its_reader, const ReadAheadLimits& its_limits)
      : reader(std::move(its_reader)), limits(its_limits) {}

  bool may_take_entry() const {
    return !taking && slots.size() < limits.files && (slots.empty() || bytes < limits.bytes);
  }
  bool is_first(const Slot& slot) const { return slots.front().number == slot.number; }
  bool has_room(const Slot& slot) const {
    return is_first(slot) || (slot.size && bytes + *slot.size <= limits.bytes);
  }
  bool first_is_read() const { return !slots.empty() && slots.front().read; }
  bool all_taken() const { return no_more && slots.empty(); }

  // The callers of these hold the lock.
  Slot* take_entry(std::unique_lock<std::mutex>& lock, Inputs& inputs);
  bool wait_for_room(std::unique_lock<std::mutex>& lock, Slot& slot);
  void grant_room();
  void read(std::unique_lock<std::mutex>& lock, Slot& slot);
  ReadPicture take_first();

  /// The work of the thread with this number.
  void run(std::size_t thread, Inputs& inputs) noexcept;

  const FileReader reader;
  const ReadAheadLimits limits;

  std::mutex mutex;
  std::condition_variable first_came;  // the first slot is read, there is no more, or it failed
  std::condition_variable place;       // a thread may take an entry
  std::condition_variable left;        // a thread has ended
  std::deque<Slot> slots;              // being read, or read and not yet taken
  std::uint64_t taken = 0;             // entries, so far
  std::size_t bytes = 0;               // of the slots
  std::vector<Slot*> without_room;     // their threads wait
  std::vector<bool> ended;             // [i]: the i-th thread has
  bool taking = false;                 // a thread is in Inputs::next
  bool no_more = false;
  bool closing = false;
  std::exception_ptr failure;
};

/// Null: there is none any more.
ReadAhead::State::Slot* ReadAhead::State::take_entry(std::unique_lock<std::mutex>& lock,
                                                     Inputs& inputs) {
  place.wait(lock, [this] { return closing || no_more || may_take_entry(); });
  if (closing || no_more) {
    return nullptr;
  }
  taking = true;
  lock.unlock();
  auto entry = inputs.next();
  lock.lock();
  taking = false;
  if (!entry) {
    no_more = true;
    place.notify_all();
    first_came.notify_all();
    return nullptr;
  }
  slots.emplace_back(*std::move(entry), taken++);
  if (may_take_entry()) {
    place.notify_one();
  }
  return &slots.back();  // stays where it is until it is read
}

/// False: the thread is to end.
bool ReadAhead::State::wait_for_room(std::unique_lock<std::mutex>& lock, Slot& slot) {
  lock.unlock();
  const auto size = slot.entry.error ? 0 : reader.size(slot.entry);
  lock.lock();
  slot.size = size;
  without_room.push_back(&slot);
  grant_room();
  slot.granted.wait(lock, [&] { return closing || slot.may_read; });
  return !closing;
}

/// Wakes only the threads that may read now: woken all together for each file that is taken, they
/// keep `next` from the mutex.
void ReadAhead::State::grant_room() {
  std::erase_if(without_room, [this](Slot* slot) {
    if (!has_room(*slot)) {
      return false;
    }
    slot->counted = slot->size.value_or(0);
    bytes += slot->counted;
    slot->may_read = true;
    slot->granted.notify_one();
    return true;
  });
}

void ReadAhead::State::read(std::unique_lock<std::mutex>& lock, Slot& slot) {
  lock.unlock();
  Result<EncodedImage> content =
      slot.entry.error ? tl::unexpected(*slot.entry.error) : reader.read(slot.entry);
  lock.lock();
  bytes -= slot.counted;
  slot.counted = content ? content->size() : 0;
  bytes += slot.counted;
  slot.read = std::move(content);
  if (is_first(slot)) {
    first_came.notify_one();
  }
}

void ReadAhead::State::run(std::size_t thread, Inputs& inputs) noexcept {
  std::unique_lock lock{mutex};
  try {
    while (Slot* const slot = take_entry(lock, inputs)) {
      if (!wait_for_room(lock, *slot)) {
        break;
      }
      read(lock, *slot);
    }
  } catch (...) {
    if (!lock.owns_lock()) {
      lock.lock();
    }
    failure = std::current_exception();
    taking = false;
    no_more = true;
    first_came.notify_all();
  }
  ended[thread] = true;
  left.notify_all();
}

ReadPicture ReadAhead::State::take_first() {
  Slot& slot = slots.front();
  ReadPicture picture{std::move(slot.entry), *std::move(slot.read)};
  bytes -= slot.counted;
  slots.pop_front();
  grant_room();
  if (may_take_entry()) {
    place.notify_one();
  }
  return picture;
}

ReadAhead::ReadAhead(Inputs& inputs, FileReader reader, std::function<bool()> stopped,
                     const ReadAheadLimits& limits)
    : inputs_(inputs),
      stopped_(std::move(stopped)),
      state_(std::make_shared<State>(std::move(reader), limits)) {
  start_thread();
}

ReadAhead::~ReadAhead() {
  std::vector<bool> ended;
  {
    std::unique_lock lock{state_->mutex};
    state_->closing = true;
    state_->place.notify_all();
    for (State::Slot* const slot : state_->without_room) {
      slot->granted.notify_one();
    }
    const auto all_ended = [this] {
      return std::find(state_->ended.begin(), state_->ended.end(), false) == state_->ended.end();
    };
    state_->left.wait_for(lock, kHangs, all_ended);
    state_->left.wait(lock, [this] { return !state_->taking; });  // it uses the inputs
    ended = state_->ended;
  }
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    if (ended[i]) {
      threads_[i].join();
    } else {
      threads_[i].detach();
    }
  }
}

void ReadAhead::start_thread() {
  const std::size_t number = threads_.size();
  {
    const std::lock_guard lock{state_->mutex};
    state_->ended.push_back(false);
  }
  threads_.emplace_back(
      [state = state_, number, &inputs = inputs_] { state->run(number, inputs); });
}

void ReadAhead::start_as_many_again() {
  const std::size_t most = std::min(state_->limits.threads, 2 * threads_.size());
  try {
    while (threads_.size() < most) {
      start_thread();
    }
  } catch (const std::system_error&) {  // the system allows no more: those that run go on
    const std::lock_guard lock{state_->mutex};
    state_->ended.pop_back();
  }
}

void ReadAhead::wait(std::unique_lock<std::mutex>& lock, const std::function<bool()>& is_there) {
  for (auto now = Clock::now(); !stopped_() && !is_there();) {
    if (now - stretch_.begin > kStretch) {
      stretch_ = {now, {}};
    }
    // No longer, so that it looks whether to stop: a signal handler can't wake it.
    state_->first_came.wait_for(lock, kPatience - stretch_.waited, is_there);
    const auto before = std::exchange(now, Clock::now());
    stretch_.waited += now - before;
    if (stretch_.waited >= kPatience) {
      stretch_ = {now, {}};
      lock.unlock();
      start_as_many_again();
      lock.lock();
    }
  }
}

std::optional<ReadPicture> ReadAhead::next() {
  const auto there_is_something = [this] {
    return state_->first_is_read() || state_->all_taken() || state_->failure;
  };
  std::unique_lock lock{state_->mutex};
  wait(lock, there_is_something);
  if (state_->failure) {
    std::rethrow_exception(state_->failure);
  }
  if (stopped_() || state_->all_taken()) {
    return std::nullopt;
  }
  return state_->take_first();
}

bool ReadAhead::ended() const {
  const std::lock_guard lock{state_->mutex};
  return state_->all_taken();
}

}  // namespace yolofleet::command
