#include "fleet/self_test.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <future>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "base/fail.hpp"
#include "fleet/compare_lanes.hpp"
#include "fleet/test_picture.hpp"

namespace yolofleet::fleet {
namespace {

/// The second is used only if the first gives too few boxes: an untrained network has too many
/// boxes over the second, and the test would take too long.
constexpr std::array kConfidences{0.01F, 0.0001F};
constexpr float kNoSuppression = 2;  // over 1: ops::NmsOptions::threshold
constexpr int kMostCompared = 300;   // boxes of a lane: each is compared with each

using Answers = std::vector<std::optional<PictureResult>>;  // [i]: of the i-th lane, if in use

/// "no boxes", "1 box, confidence 0.5", "300 boxes, highest confidence 0.873".
std::string summary(const std::vector<Detection>& boxes) {
  if (boxes.empty()) {
    return "no boxes";
  }
  return boxes.size() == 1 ? fmt::format("1 box, confidence {:.3g}", boxes.front().confidence)
                           : fmt::format("{} boxes, highest confidence {:.3g}", boxes.size(),
                                         boxes.front().confidence);
}

/// "cuda:0 (300 boxes, highest confidence 0.873), cpu (1 box, confidence 0.011) and cuda:1 (no
/// boxes)".
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

class SelfTest {
 public:
  SelfTest(OpenedLanes& lanes, const SelfTestOptions& options) : lanes_(lanes), options_(options) {}

  Result<void> run();

 private:
  Answers run_lanes(const Image& picture, float confidence);
  std::future<PictureResult> begin(std::size_t lane, const Image& picture, float confidence);
  void give_up(std::size_t lane);
  Result<void> dismiss_failed(const Answers& answers);
  /// The boxes of the lanes in use, in their order.
  std::vector<Found> found_by(Answers answers, float confidence) const;
  Result<void> dismiss_outliers(const std::vector<Found>& found);

  bool is_used(std::size_t lane) const { return !lanes_.seats[lane].error; }

  OpenedLanes& lanes_;
  const SelfTestOptions& options_;
};

std::future<PictureResult> SelfTest::begin(std::size_t lane, const Image& picture,
                                           float confidence) {
  const Seat& seat = lanes_.seats[lane];
  const auto answer = std::make_shared<std::promise<PictureResult>>();
  seat.outlet->lead_to(
      [answer](std::vector<PictureResult> results, const std::vector<backend::Job>&) {
        answer->set_value(std::move(results.front()));
      });
  std::vector<backend::Job> batch;  // with a copy of the picture, for a lane that is given up
  batch.push_back({lane, picture, ops::Thresholds{confidence, kNoSuppression}});
  if (!seat.lane->try_submit(batch)) {
    answer->set_value(failure("it accepts no picture"));
  }
  return answer->get_future();
}

Answers SelfTest::run_lanes(const Image& picture, float confidence) {
  const std::size_t count = lanes_.seats.size();
  std::vector<std::future<PictureResult>> running(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (is_used(i)) {
      running[i] = begin(i, picture, confidence);
    }
  }
  const auto deadline = Clock::now() + options_.limit;
  Answers answers(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (!running[i].valid()) {
      continue;
    }
    if (running[i].wait_until(deadline) == std::future_status::ready) {
      answers[i] = running[i].get();
    } else {
      answers[i] = failure(fmt::format("no answer within {:.3g} s", seconds(options_.limit)));
      give_up(i);
    }
  }
  return answers;
}

void SelfTest::give_up(std::size_t lane) {
  struct Left {
    std::shared_ptr<PixelMemory> memory;
    std::unique_ptr<backend::Lane> lane;
  };
  Seat& seat = lanes_.seats[lane];
  seat.outlet->lead_to({});
  auto left = std::make_unique<Left>(Left{options_.memory, std::move(seat.lane)});
  try {
    std::thread([raw = left.get()] { std::unique_ptr<Left>{raw}.reset(); }).detach();
  } catch (const std::system_error&) {  // no thread: the lane stays until the process ends
  }
  static_cast<void>(left.release());
}

Result<void> SelfTest::dismiss_failed(const Answers& answers) {
  std::optional<Error> first;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i] || !answers[i]->error) {
      continue;
    }
    const std::string& device = lanes_.seats[i].device;
    Error error{answers[i]->error->code,
                fmt::format("{}: failed the self-test: {}", device,
                            without_device(device, answers[i]->error->message))};
    if (!first) {
      first = error;
    }
    lanes_.dismiss(i, std::move(error));
  }
  if (first && (options_.on_device_error == OnDeviceError::kFail || lanes_.used() == 0)) {
    return tl::unexpected(*std::move(first));
  }
  return {};
}

std::vector<Found> SelfTest::found_by(Answers answers, float confidence) const {
  const int limit = options_.max_detections;
  const auto most =
      static_cast<std::size_t>(limit > 0 ? std::min(limit, kMostCompared) : kMostCompared);
  std::vector<Found> found;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!is_used(i)) {
      continue;
    }
    std::vector<Detection> boxes = std::move(answers[i]->detections);
    const bool cut = boxes.size() >= most;
    boxes.resize(std::min(boxes.size(), most));
    const float floor = cut ? boxes.back().confidence : confidence;
    const backend::LaneInfo& info = lanes_.seats[i].lane->info();
    found.push_back({info.kind, info.precision, std::move(boxes), floor});
  }
  return found;
}

Result<void> SelfTest::dismiss_outliers(const std::vector<Found>& found) {
  std::vector<std::size_t> used;
  for (std::size_t i = 0; i < lanes_.seats.size(); ++i) {
    if (is_used(i)) {
      used.push_back(i);
    }
  }
  const std::vector<bool> outliers = outliers_of(found);
  List all;
  List others;
  for (std::size_t i = 0; i < used.size(); ++i) {
    const std::string& device = lanes_.seats[used[i]].device;
    all.add(device, found[i].detections);
    if (!outliers[i]) {
      others.add(device, found[i].detections);
    }
  }
  if (std::find(outliers.begin(), outliers.end(), false) == outliers.end()) {
    return base::fail(ErrorCode::kDevice,
                      "{} give different detections for the self-test's picture; which of them is "
                      "wrong can't be determined",
                      all.text());
  }
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (outliers[i]) {
      lanes_.dismiss(used[i], {ErrorCode::kDevice,
                               fmt::format("{}: its detections for the self-test's picture ({}) "
                                           "differ from those of {}",
                                           lanes_.seats[used[i]].device,
                                           summary(found[i].detections), others.text())});
    }
  }
  return {};
}

Result<void> SelfTest::run() {
  const Image picture = test_picture();
  for (const float confidence : kConfidences) {
    auto answers = run_lanes(picture, confidence);
    if (auto left = dismiss_failed(answers); !left || lanes_.used() == 1) {
      return left;
    }
    const std::vector<Found> found = found_by(std::move(answers), confidence);
    const bool comparable = can_be_compared(found);
    const bool full = std::any_of(found.begin(), found.end(),
                                  [&](const Found& lane) { return lane.floor > confidence; });
    if (!comparable && !full && confidence != kConfidences.back()) {
      continue;
    }
    if (!comparable) {
      lanes_.warnings.emplace_back("the self-test found too few boxes to compare all devices");
    }
    return dismiss_outliers(found);
  }
  return {};
}

}  // namespace

Result<void> self_test(OpenedLanes& lanes, const SelfTestOptions& options) {
  return lanes.used() > 1 ? SelfTest{lanes, options}.run() : Result<void>{};
}

}  // namespace yolofleet::fleet
