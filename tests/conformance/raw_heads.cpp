// Writes what goes into each head of a network, for a picture of the exact input size.
// Usage: raw_heads CFG WEIGHTS PICTURE FOLDER   leaves FOLDER/head_0.f32 ...: channels x rows x
// columns floats, FP32 arithmetic.

#include <cstdio>
#include <fstream>
#include <string>

#include "backend/cpu/module_loader.hpp"
#include "ops/resize.hpp"
#include "yolofleet/image.hpp"
#include "yolofleet/model.hpp"

namespace yolofleet {
namespace {

Result<void> write_heads(const ModelFiles& files, const std::string& picture,
                         const std::string& folder) {
  const auto model = Model::load(files);
  const auto image = Image::load(picture);
  const auto module = backend::cpu::load_module();
  for (const Error* error : {model ? nullptr : &model.error(), image ? nullptr : &image.error(),
                             module ? nullptr : &module.error()}) {
    if (error != nullptr) {
      return tl::unexpected(*error);
    }
  }
  const graph::Network& network = model->network();
  const auto executor = (*module)->compile(network, {Precision::kFp32, 1, 1});
  if (!executor) {
    return tl::unexpected(executor.error());
  }
  const auto request = (*executor)->create_request();
  if (!request) {
    return tl::unexpected(request.error());
  }
  ops::resize(image->view(), network.input(), ops::Fit::kStretch, (*request)->input());
  if (auto inferred = (*request)->infer(); !inferred) {
    return inferred;
  }
  for (std::size_t i = 0; i < network.heads().size(); ++i) {
    const std::span<const std::byte> bytes = std::as_bytes((*request)->head(i));
    std::ofstream out(folder + "/head_" + std::to_string(i) + ".f32", std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()),
              static_cast<std::streamsize>(bytes.size()));
  }
  return {};
}

}  // namespace
}  // namespace yolofleet

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: raw_heads CFG WEIGHTS PICTURE FOLDER\n", stderr);
    return 2;
  }
  const auto written = yolofleet::write_heads({argv[1], argv[2], {}}, argv[3], argv[4]);
  if (!written) {
    std::fprintf(stderr, "raw_heads: %s\n", written.error().message.c_str());
    return 1;
  }
  return 0;
}
