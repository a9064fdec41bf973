// Obtains an engine through a cache and prints whether it was built here. A test starts several
// such processes at once. Usage: obtain_engine MODEL_FOLDER CACHE_FOLDER DEVICE

#include <fmt/format.h>

#include <exception>
#include <iostream>
#include <string>

#include "backend/tensorrt/engine/obtain.hpp"
#include "backend/tensorrt/engine_options.hpp"
#include "cuda/device_guard.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

void obtain(const std::string& model_folder, const std::string& cache_folder, std::size_t device) {
  const Model model = Model::load(std::filesystem::path{model_folder}).value();
  const CudaDevice card = list_cuda_devices().value().at(device);
  const EngineOptions options = testing::quick_engine_options();
  const EngineCache cache{cache_folder};
  PlanReport report;
  const auto plan =
      obtain_plan(*Library::load().value(), {model.network(), card, options}, &cache, report);
  if (!plan) {
    throw std::runtime_error(plan.error().message);
  }
  for (const std::string& warning : report.warnings) {
    std::cout << warning << '\n';
  }
  std::cout << (report.built ? "it was built" : "it was there") << '\n';
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt

int main(int argc, char** argv) {
  try {
    if (argc != 4) {
      std::cerr << "Usage: obtain_engine MODEL_FOLDER CACHE_FOLDER DEVICE\n";
      return 2;
    }
    yolofleet::backend::tensorrt::obtain(argv[1], argv[2], std::stoul(argv[3]));
    return 0;
  } catch (const std::exception& exception) {
    std::cerr << exception.what() << '\n';
    return 1;
  }
}
