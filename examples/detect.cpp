#include <array>
#include <iostream>
#include <yolofleet/yolofleet.hpp>

int main(int argc, char** argv) try {
  const auto model = yolofleet::Model::load(argc > 1 ? argv[1] : "model").value();
  const auto image = yolofleet::Image::load(argc > 2 ? argv[2] : "picture.jpg").value();
  auto detector = yolofleet::Detector::open(model).value();
  const auto results = detector.detect(std::array{image.view()}).value();
  for (const auto& [box, class_id, confidence] : results[0].detections) {
    std::cout << model.names()[static_cast<std::size_t>(class_id)] << ' ' << confidence << " at "
              << box.x << ',' << box.y << ' ' << box.width << 'x' << box.height << '\n';
  }
} catch (const tl::bad_expected_access<yolofleet::Error>& refused) {
  return (std::cerr << refused.error().message << '\n', 2);
}
