#include <array>
#include <iostream>
#include <yolofleet/yolofleet.hpp>

int main(int argc, char** argv) {
  const auto fail = [](const std::string& why) { return (std::cerr << why << '\n', 2); };
  if (argc != 3) return fail("usage: detect MODEL_FOLDER PICTURE");
  const auto image = yolofleet::Image::load(argv[2]);
  if (!image) return fail(image.error().message);
  const auto model = yolofleet::Model::load(argv[1]);
  if (!model) return fail(model.error().message);
  auto detector = yolofleet::Detector::open(*model);
  if (!detector) return fail(detector.error().message);
  const auto results = detector->detect(std::array{image->view()});
  if (!results) return fail(results.error().message);
  for (const auto& [box, class_id, confidence] : results->front().detections) {
    std::cout << model->names()[static_cast<std::size_t>(class_id)] << ' ' << confidence << " at "
              << box.x << ',' << box.y << ' ' << box.width << 'x' << box.height << '\n';
  }
}
