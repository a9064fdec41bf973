// Writes generated weights for a cfg, for models whose trained weights can't be had.
// Usage: generate_weights CFG OUT [--seed N] [--size WxH] [--allow-unknown-keys]

#include <CLI/CLI.hpp>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "darknet/cfg.hpp"
#include "generated/generate.hpp"

namespace {

struct Arguments {
  std::string cfg;
  std::string out;
  std::uint64_t seed = 1;
  std::vector<int> size;
  bool allow_unknown_keys = false;
};

int run(const Arguments& arguments) {
  yolofleet::LoadOptions options;
  options.allow_unknown_keys = arguments.allow_unknown_keys;
  if (!arguments.size.empty()) {
    options.input_size = {arguments.size[0], arguments.size[1]};
  }
  std::vector<std::string> warnings;
  const auto network = yolofleet::darknet::read_cfg(arguments.cfg, options, warnings);
  for (const std::string& warning : warnings) {
    std::fprintf(stderr, "generate_weights: warning: %s\n", warning.c_str());
  }
  if (!network) {
    std::fprintf(stderr, "generate_weights: %s\n", network.error().message.c_str());
    return 2;
  }
  std::ofstream out(arguments.out, std::ios::binary);
  yolofleet::generated::write_weights(*network, arguments.seed, out);
  out.close();
  if (!out) {
    std::fprintf(stderr, "generate_weights: %s: can't be written\n", arguments.out.c_str());
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) try {
  CLI::App app{"Writes generated weights for a cfg, the same for the same seed and input size."};
  Arguments arguments;
  app.add_option("cfg", arguments.cfg, "the model")->required();
  app.add_option("out", arguments.out, "the .weights file to write")->required();
  app.add_option("--seed", arguments.seed, "another number, other weights")->capture_default_str();
  app.add_option("--size", arguments.size, "input size that they are fitted to; default: the cfg's")
      ->delimiter('x')
      ->expected(2);
  app.add_flag("--allow-unknown-keys", arguments.allow_unknown_keys,
               "a warning instead of an error");
  CLI11_PARSE(app, argc, argv);
  return run(arguments);
} catch (const std::exception& failure) {
  std::fprintf(stderr, "generate_weights: %s\n", failure.what());
  return 2;
}
