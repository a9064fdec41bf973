// libyolofleet_plugins.so in a separate program: load_plugins.cpp.

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "backend/tensorrt/engine_options.hpp"
#include "gpu/lane_fixture.hpp"

namespace yolofleet::backend::tensorrt {
namespace {

namespace fs = std::filesystem;

class PluginsLibrary : public testing::GpuTest {};

/// The output of a command, including standard error, and its exit status.
struct Output {
  std::string text;
  int status = -1;
};

Output output_of(const std::string& command) {
  Output output;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    return output;
  }
  std::array<char, 512> buffer{};
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    output.text += buffer.data();
  }
  output.status = pclose(pipe);
  return output;
}

/// The program is in this program's folder; the library is there, too, or in ../lib.
fs::path beside(const std::string& name) {
  const fs::path folder = fs::read_symlink("/proc/self/exe").parent_path();
  const fs::path library = folder.parent_path() / "lib" / name;
  return fs::exists(folder / name) ? folder / name : library;
}

/// Writes the square model's engine as a file for trtexec.
fs::path write_engine(const Model& model, int device) {
  const EngineOptions options = testing::quick_engine_options();
  TimingCache timing;
  const auto engine =
      build_engine(*Library::load().value(), device, model.network(), options, timing).value();
  fs::path file = fs::path{::testing::TempDir()} / "square.engine";
  std::ofstream(file, std::ios::binary)
      .write(static_cast<const char*>(engine->data()),
             static_cast<std::streamsize>(engine->size()));
  return file;
}

TEST_F(PluginsLibrary, IsAllThatAnotherProgramNeedsToRunOurEngines) {
  const Model model =
      Model::load(testing::write_square_model(fs::path{::testing::TempDir()} / "square")).value();
  const std::string engine = write_engine(model, device()).string();
  const std::string program = "CUDA_VISIBLE_DEVICES=" + std::to_string(device()) + " " +
                              beside("load_plugins").string() + " ";
  const Output with =
      output_of(program + beside("libyolofleet_plugins.so").string() + " " + engine);
  EXPECT_EQ(with.status, 0) << with.text;
  EXPECT_NE(with.text.find("16 detections"), std::string::npos) << with.text;  // all 4 x 4 cells
  const Output without = output_of(program + "- " + engine);
  EXPECT_NE(without.status, 0) << "the engine needs no plugins: " << without.text;
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
