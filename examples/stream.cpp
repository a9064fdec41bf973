// Detects in the files that the command line names: one thread reads and submits them, another
// takes the results. Each picture's tag is the name of its file.
//   stream MODEL FILE...
#include <any>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <yolofleet/yolofleet.hpp>

namespace {

yolofleet::Result<yolofleet::EncodedImage> read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return tl::unexpected(yolofleet::Error{yolofleet::ErrorCode::kNotFound, "can't be read"});
  }
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const auto* const first = reinterpret_cast<const std::byte*>(bytes.data());
  return yolofleet::EncodedImage(first, first + bytes.size());
}

}  // namespace

int main(int argc, char** argv) try {
  const auto model = yolofleet::Model::load(argc > 1 ? argv[1] : "model").value();
  auto detector = yolofleet::Detector::open(model).value();

  std::thread reader([&] {
    for (int i = 2; i < argc; ++i) {
      const std::string name = argv[i];
      if (auto bytes = read(name)) {
        (void)detector.submit(*std::move(bytes), name);  // blocks while the detector is full
      } else {
        (void)detector.submit_error(bytes.error(), name);
      }
    }
    detector.finish();
  });

  while (const auto result = detector.next()) {  // in the order of submission
    std::cout << std::any_cast<std::string>(result->tag) << ": ";
    if (result->error) {
      std::cout << result->error->message << '\n';
    } else {
      std::cout << result->detections.size() << " detections\n";
    }
  }
  reader.join();
} catch (const tl::bad_expected_access<yolofleet::Error>& refused) {
  return (std::cerr << refused.error().message << '\n', 2);
}
