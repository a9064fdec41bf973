#include "fleet/account.hpp"

namespace yolofleet::fleet {
namespace {

double ratio(double part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : part / static_cast<double>(whole);
}

}  // namespace

void Account::given(std::size_t pictures, Clock::duration queued, Clock::time_point now) {
  given_ += pictures;
  queued_ += queued;
  busy_.begin(now);
}

void Account::came_back(std::size_t pictures, std::size_t failures, Clock::time_point now) {
  pictures_ += pictures;
  failures_ += failures;
  batches_ += pictures > 0 ? 1 : 0;
  busy_.end(now);
}

void Account::write(DeviceReport& report, std::uint64_t all, Clock::time_point now) const {
  report.pictures = pictures_;
  report.failures = failures_;
  report.batches = batches_;
  report.mean_batch = ratio(static_cast<double>(pictures_), batches_);
  report.share = ratio(static_cast<double>(pictures_), all);
  report.busy_seconds = seconds(busy_.until(now));
  report.queue_seconds = ratio(seconds(queued_), given_);
}

void Totals::submitted(Clock::time_point now) {
  if (!first_submit_) {
    first_submit_ = now;
  }
}

void Totals::finished(const PictureResult& result, Clock::time_point now) {
  ++finished_;
  failed_ += result.error ? 1U : 0U;
  detections_cut_ += result.detections_cut;
  candidates_dropped_ += result.candidates_dropped;
  last_result_ = now;
}

void Totals::write(FleetReport& report, bool idle, Clock::time_point now) const {
  report.pictures = finished_;
  report.failures = failed_;
  report.detections_cut = detections_cut_;
  report.candidates_dropped = candidates_dropped_;
  if (first_submit_) {
    report.seconds = seconds((idle ? last_result_ : now) - *first_submit_);
  }
}

}  // namespace yolofleet::fleet
