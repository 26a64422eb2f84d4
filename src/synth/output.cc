#include "synth/output.h"

#include <fmt/format.h>

namespace tracehound::synth {

namespace {

constexpr std::size_t kBufferSize = 1 << 20;
constexpr std::uint64_t kBlockFileMax = 128ULL << 20;

}  // namespace

Result<OutFile> OutFile::create(FileSystem& files, std::string path) {
  TRY_ASSIGN(auto file, files.open_write(path));
  return OutFile(std::move(file));
}

Status OutFile::add(ByteView bytes) {
  size_ += bytes.size();
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
  return buffer_.size() >= kBufferSize ? flush() : Status{};
}

Status OutFile::flush() {
  TRY(file_->append(buffer_));
  buffer_.clear();
  return {};
}

Status OutFile::close() {
  TRY(flush());
  return file_->sync();
}

std::string BlockFileWriter::name(std::uint64_t number) {
  return fmt::format("blk{:05}.dat", number);
}

Status BlockFileWriter::add(ByteView record) {
  if (file_ != nullptr && file_->size() + record.size() > kBlockFileMax) TRY(close());
  if (file_ == nullptr) {
    TRY_ASSIGN(auto file, OutFile::create(files_, folder_ + "/" + name(count_)));
    file_ = std::make_unique<OutFile>(std::move(file));
    ++count_;
  }
  bytes_ += record.size();
  return file_->add(record);
}

Status BlockFileWriter::close() {
  if (file_ == nullptr) return {};
  TRY(file_->close());
  file_.reset();
  return {};
}

}  // namespace tracehound::synth
