#include "fleet/fleet.hpp"

#include <algorithm>
#include <utility>

#include "base/fail.hpp"

namespace yolofleet::fleet {
namespace {

constexpr std::size_t kBatchesASlot = 2;  // one in the slot, one behind it

tl::unexpected<Error> after_finish() {
  return base::fail(ErrorCode::kCancelled, "a picture was submitted after finish()");
}

}  // namespace

Result<std::unique_ptr<Fleet>> Fleet::open(const std::vector<OpenLane>& lanes) {
  std::unique_ptr<Fleet> fleet{new Fleet};
  for (const OpenLane& open_lane : lanes) {
    auto lane = open_lane([raw = fleet.get()](std::vector<PictureResult> results) {
      raw->take_back(std::move(results));
    });
    if (!lane) {
      return tl::unexpected(std::move(lane).error());
    }
    fleet->lanes_.push_back(*std::move(lane));
    const backend::LaneInfo& info = fleet->lanes_.back()->info();
    fleet->capacity_ += info.slots * info.batch * kBatchesASlot;
  }
  return fleet;
}

Fleet::~Fleet() {
  std::vector<std::unique_ptr<backend::Lane>> lanes;
  {
    const std::lock_guard lock{mutex_};
    waiting_.clear();
    lanes = std::move(lanes_);
  }
  // A lane's destructor finishes what it took and hands it to `take_back`, which therefore still
  // needs the other members; it finds neither pictures nor lanes for more.
  lanes.clear();
}

void Fleet::accept(Picture& picture) {
  waiting_.push_back({submitted_, std::move(picture)});
  under_way_.emplace_back();
  ++submitted_;
  dispatch();
}

Result<void> Fleet::submit(Picture picture) {
  std::unique_lock lock{mutex_};
  room_.wait(lock, [&] { return finished_ || under_way_.size() < capacity_; });
  if (finished_) {
    return after_finish();
  }
  accept(picture);
  return {};
}

Result<bool> Fleet::try_submit(Picture& picture) {
  const std::lock_guard lock{mutex_};
  if (finished_) {
    return after_finish();
  }
  if (under_way_.size() >= capacity_) {
    return false;
  }
  accept(picture);
  return true;
}

void Fleet::finish() {
  {
    const std::lock_guard lock{mutex_};
    finished_ = true;
  }
  room_.notify_all();
  result_.notify_all();
}

std::optional<PictureResult> Fleet::next() {
  std::unique_lock lock{mutex_};
  const auto first_is_done = [&] { return !under_way_.empty() && under_way_.front().has_value(); };
  result_.wait(lock, [&] { return first_is_done() || (finished_ && under_way_.empty()); });
  if (under_way_.empty()) {
    return std::nullopt;
  }
  std::optional<PictureResult> result = std::move(under_way_.front());
  under_way_.pop_front();
  ++taken_;
  const bool last = finished_ && under_way_.empty();
  const bool more = first_is_done();
  lock.unlock();
  room_.notify_one();
  if (last) {
    result_.notify_all();
  } else if (more) {
    result_.notify_one();
  }
  return result;
}

void Fleet::dispatch() {
  for (const auto& lane : lanes_) {
    while (!waiting_.empty()) {
      const auto size = static_cast<std::ptrdiff_t>(std::min(waiting_.size(), lane->info().batch));
      std::vector<backend::Job> batch{std::make_move_iterator(waiting_.begin()),
                                      std::make_move_iterator(waiting_.begin() + size)};
      if (!lane->try_submit(batch)) {
        std::move(batch.begin(), batch.end(), waiting_.begin());
        break;
      }
      waiting_.erase(waiting_.begin(), waiting_.begin() + size);
    }
  }
}

void Fleet::take_back(std::vector<PictureResult> results) {
  {
    const std::lock_guard lock{mutex_};
    for (PictureResult& result : results) {
      under_way_[static_cast<std::size_t>(result.index - taken_)] = std::move(result);
    }
    dispatch();
  }
  result_.notify_one();
}

}  // namespace yolofleet::fleet
