#include "run/run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "public/square_model.hpp"

namespace yolofleet::command {
namespace {

/// Throws at the tenth picture.
class Throws final : public Sink {
 public:
  explicit Throws(std::uint64_t& written) : written_(written) {}
  Result<void> write(Outcome& /*outcome*/) override {
    if (++written_ == 10) {
      throw std::runtime_error("the sink has had enough");
    }
    return {};
  }
  Result<std::string> finish(Ending /*ending*/) override { return {}; }

 private:
  std::uint64_t& written_;
};

/// More pictures than may be under way at once, none of which is there.
Inputs missing_pictures() {
  std::vector<Entry> entries;
  for (int i = 0; i < 5000; ++i) {
    const std::string name = "missing/" + std::to_string(i) + ".jpg";
    entries.push_back({name, name, std::nullopt, false});
  }
  return Inputs::of(std::move(entries));
}

TEST(Run, ASinkThatThrowsEndsItCleanly) {
  Detector detector = Detector::open(testing::square_model(), testing::on_one_thread()).value();
  Inputs inputs = missing_pictures();
  std::uint64_t written = 0;
  std::vector<std::unique_ptr<Sink>> sinks;
  sinks.push_back(std::make_unique<Throws>(written));
  Progress progress{false, 5000};
  StopSignals stop{false};
  LiveRun live;
  EXPECT_THROW(run({inputs, detector, sinks, progress, stop, live, true, false, false}),
               std::runtime_error);
  EXPECT_EQ(written, 10U);
  EXPECT_TRUE(stop.stop_requested()) << "who reads was told";
  EXPECT_EQ(stop.received(), 0);
  EXPECT_FALSE(detector.next()) << "nothing is left under way";
  EXPECT_TRUE(inputs.next()) << "the rest wasn't read";
}

}  // namespace
}  // namespace yolofleet::command
