// The example of docs/library.md, which a test compares with this file.
#include <any>
#include <string>
#include <utility>
#include <yolofleet/yolofleet.hpp>

void read_video(yolofleet::Detector& detector, const std::string& source);

void read_video(yolofleet::Detector& detector, const std::string& source) {
  auto video = yolofleet::VideoReader::open(source).value();
  while (auto frame = video->next().value()) {
    const double seconds = frame->seconds;
    detector.submit(std::move(frame->picture), seconds).value();  // the time is the tag
  }
  detector.finish();
}
