using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Spud.Server.Embeddings;

/// <summary>A vector as an answer has it.</summary>
/// <param name="Values">The vector.</param>
/// <param name="AsBase64">Whether it is written as base64 of little-endian 32-bit floats, which the official clients ask for, or as numbers.</param>
[JsonConverter(typeof(EmbeddingVector.Converter))]
internal readonly record struct EmbeddingVector(ReadOnlyMemory<float> Values, bool AsBase64)
{
    internal sealed class Converter : JsonConverter<EmbeddingVector>
    {
        public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException("Vectors are only written.");

        public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
        {
            ReadOnlySpan<float> values = value.Values.Span;
            if (value.AsBase64)
            {
                byte[] bytes = new byte[values.Length * sizeof(float)];
                for (int i = 0; i < values.Length; i++)
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);

                writer.WriteBase64StringValue(bytes);
                return;
            }

            writer.WriteStartArray();
            foreach (float number in values)
                writer.WriteNumberValue(number);

            writer.WriteEndArray();
        }
    }
}
