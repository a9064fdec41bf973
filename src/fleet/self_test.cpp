// How Fleet tries its lanes out before there are pictures: each looks at the same one.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <system_error>
#include <thread>
#include <utility>

#include "base/fail.hpp"
#include "fleet/compare_lanes.hpp"
#include "fleet/fleet.hpp"
#include "fleet/test_picture.hpp"

namespace yolofleet::fleet {
namespace {

/// The second where too little is found over the first. Not the second at once: an untrained
/// network finds more over it than one can wait for.
constexpr std::array kConfidences{0.01F, 0.0001F};
constexpr float kNoSuppression = 2;  // boxes can't overlap by more than 1
constexpr int kMostCompared = 300;   // each with each

/// "no boxes", "1 box of 0.5", "300 boxes, the strongest of 0.873".
std::string summary(const std::vector<Detection>& boxes) {
  if (boxes.empty()) {
    return "no boxes";
  }
  return boxes.size() == 1 ? fmt::format("1 box of {:.3g}", boxes.front().confidence)
                           : fmt::format("{} boxes, the strongest of {:.3g}", boxes.size(),
                                         boxes.front().confidence);
}

/// "cuda:0 (300 boxes, the strongest of 0.873), cpu (1 box of 0.011) and cuda:1 (no boxes)".
class List {
 public:
  void add(const std::string& device, const std::vector<Detection>& boxes) {
    entries_.push_back(fmt::format("{} ({})", device, summary(boxes)));
  }
  std::string text() const {
    std::string list;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      list += i == 0 ? "" : i + 1 < entries_.size() ? ", " : " and ";
      list += entries_[i];
    }
    return list;
  }

 private:
  std::vector<std::string> entries_;
};

PictureResult failure(const std::string& what) {
  PictureResult result;
  result.error = Error{ErrorCode::kDevice, what};
  return result;
}

}  // namespace

std::vector<std::optional<PictureResult>> Fleet::try_out(const Image& picture, float confidence) {
  std::vector<std::future<PictureResult>> answers(seats_.size());
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (!loads_[i].usable) {
      continue;
    }
    const auto answer = std::make_shared<std::promise<PictureResult>>();
    answers[i] = answer->get_future();
    seats_[i].outlet->lead_to(
        [answer](std::vector<PictureResult> results, const std::vector<backend::Job>&) {
          answer->set_value(std::move(results.front()));
        });
    std::vector<backend::Job> batch;  // with a picture of its own, for a lane that is given up
    batch.push_back({i, picture, backend::Thresholds{confidence, kNoSuppression}});
    if (!seats_[i].lane->try_submit(batch)) {
      answer->set_value(failure("it takes no picture"));
    }
  }
  const auto deadline = Clock::now() + options_.self_test_limit;
  std::vector<std::optional<PictureResult>> tried(seats_.size());
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (!answers[i].valid()) {
      continue;
    }
    if (answers[i].wait_until(deadline) == std::future_status::ready) {
      tried[i] = answers[i].get();
    } else {
      tried[i] =
          failure(fmt::format("no answer within {:.3g} s", seconds(options_.self_test_limit)));
      give_up(i);
    }
  }
  return tried;
}

void Fleet::give_up(std::size_t lane) {
  // To destroy it takes as long as its device does, and so may giving page-locked memory back.
  struct Left {
    std::shared_ptr<PixelMemory> memory;
    std::unique_ptr<backend::Lane> lane;
  };
  seats_[lane].outlet->lead_to({});
  auto left =
      std::make_unique<Left>(Left{options_.decode.limits.memory, std::move(seats_[lane].lane)});
  try {
    std::thread([raw = left.get()] { std::unique_ptr<Left>{raw}.reset(); }).detach();
  } catch (const std::system_error&) {  // no thread: it stays
  }
  static_cast<void>(left.release());
}

void Fleet::dismiss(std::size_t lane, Error error) {
  seats_[lane].lane.reset();
  loads_[lane].usable = false;
  --usable_;
  warnings_.push_back(not_used(seats_[lane].device, error));
  seats_[lane].error = std::move(error);
}

Result<void> Fleet::dismiss_failed(const std::vector<std::optional<PictureResult>>& tried) {
  std::optional<Error> first;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (!tried[i] || !tried[i]->error) {
      continue;
    }
    const std::string& device = seats_[i].device;
    Error error{tried[i]->error->code,
                fmt::format("{}: failed in the self-test: {}", device,
                            without_device(device, tried[i]->error->message))};
    if (!first) {
      first = error;
    }
    dismiss(i, std::move(error));
  }
  if (first && (options_.on_device_error == OnDeviceError::kFail || usable_ == 0)) {
    return tl::unexpected(*std::move(first));
  }
  return {};
}

std::vector<Found> Fleet::found_by(std::vector<std::optional<PictureResult>> tried,
                                   float confidence) const {
  const auto room = static_cast<std::size_t>(std::min(options_.max_detections, kMostCompared));
  std::vector<Found> found;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (!loads_[i].usable) {
      continue;
    }
    std::vector<Detection> boxes = std::move(tried[i]->detections);
    const bool cut = boxes.size() >= room;
    boxes.resize(std::min(boxes.size(), room));
    const float floor = cut ? boxes.back().confidence : confidence;
    const backend::LaneInfo& info = seats_[i].lane->info();
    found.push_back({info.kind, info.precision, std::move(boxes), floor});
  }
  return found;
}

Result<void> Fleet::dismiss_odd(const std::vector<Found>& found) {
  std::vector<std::size_t> lanes;
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (loads_[i].usable) {
      lanes.push_back(i);
    }
  }
  const std::vector<bool> odd = odd_ones(found);
  List all;
  List others;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    const std::string& device = seats_[lanes[i]].device;
    all.add(device, found[i].detections);
    if (!odd[i]) {
      others.add(device, found[i].detections);
    }
  }
  if (std::find(odd.begin(), odd.end(), false) == odd.end()) {
    return base::fail(ErrorCode::kDevice,
                      "{} don't find the same in the self-test's picture, and which of them "
                      "computes wrongly can't be told",
                      all.text());
  }
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (odd[i]) {
      dismiss(lanes[i],
              {ErrorCode::kDevice,
               fmt::format("{}: it finds something else ({}) in the self-test's picture "
                           "than {}",
                           seats_[lanes[i]].device, summary(found[i].detections), others.text())});
    }
  }
  return {};
}

Result<void> Fleet::self_test() {
  const Image picture = test_picture();
  for (const float confidence : kConfidences) {
    auto tried = try_out(picture, confidence);
    if (auto left = dismiss_failed(tried); !left || usable_ == 1) {
      return left;
    }
    const std::vector<Found> found = found_by(std::move(tried), confidence);
    const bool comparable = can_be_compared(found);
    const bool full = std::any_of(found.begin(), found.end(),
                                  [&](const Found& lane) { return lane.floor > confidence; });
    if (!comparable && !full && confidence != kConfidences.back()) {
      continue;
    }
    if (!comparable) {
      warnings_.emplace_back(
          "devices found too little in the self-test's picture for all of them to be compared");
    }
    return dismiss_odd(found);
  }
  return {};
}

}  // namespace yolofleet::fleet
