// How Fleet tries its lanes out before there are pictures: each looks at the same one.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/fail.hpp"
#include "fleet/compare_lanes.hpp"
#include "fleet/fleet.hpp"
#include "fleet/test_picture.hpp"

namespace yolofleet::fleet {
namespace {

/// The second where no lane finds anything over the first. Not the second at once: an untrained
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

}  // namespace

std::vector<std::optional<PictureResult>> Fleet::try_out(const ImageView& picture,
                                                         float confidence) {
  std::unique_lock lock{mutex_};
  tried_.assign(seats_.size(), std::nullopt);
  for (std::size_t i = 0; i < seats_.size(); ++i) {
    if (!loads_[i].usable) {
      continue;
    }
    std::vector<backend::Job> batch;
    batch.push_back({i, picture, backend::Thresholds{confidence, kNoSuppression}});
    if (seats_[i].lane->try_submit(batch)) {
      ++in_lanes_;
    } else {
      tried_[i].emplace().error = Error{ErrorCode::kDevice, "it takes no picture"};
    }
  }
  result_.wait(lock, [&] { return in_lanes_ == 0; });
  return std::exchange(tried_, {});
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

Result<void> Fleet::dismiss_odd(const std::vector<std::optional<PictureResult>>& tried,
                                float confidence) {
  const auto room = static_cast<std::size_t>(std::min(options_.max_detections, kMostCompared));
  std::vector<std::size_t> lanes;
  std::vector<Found> found;
  List all;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (!loads_[i].usable) {
      continue;
    }
    const backend::LaneInfo& info = seats_[i].lane->info();
    std::vector<Detection> boxes = tried[i]->detections;
    const bool cut = boxes.size() >= room;
    boxes.resize(std::min(boxes.size(), room));
    lanes.push_back(i);
    found.push_back({info.kind, info.precision, boxes, cut ? boxes.back().confidence : confidence});
    all.add(seats_[i].device, boxes);
  }
  const std::vector<bool> odd = odd_ones(found);
  if (std::find(odd.begin(), odd.end(), false) == odd.end()) {
    return base::fail(ErrorCode::kDevice,
                      "{} don't find the same in the self-test's picture, and which of them "
                      "computes wrongly can't be told",
                      all.text());
  }
  List others;
  for (std::size_t i = 0; i < lanes.size(); ++i) {
    if (!odd[i]) {
      others.add(seats_[lanes[i]].device, found[i].detections);
    }
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
    const auto tried = try_out(picture.view(), confidence);
    if (auto left = dismiss_failed(tried); !left || usable_ == 1) {
      return left;
    }
    if (std::any_of(tried.begin(), tried.end(),
                    [](const auto& one) { return one && !one->detections.empty(); })) {
      return dismiss_odd(tried, confidence);
    }
  }
  warnings_.emplace_back("no device found anything in the self-test's picture: it says little");
  return {};
}

}  // namespace yolofleet::fleet
