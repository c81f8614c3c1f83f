using Google.Protobuf;
using Onnx;
using Kind = Onnx.AttributeProto.Types.AttributeType;

namespace Backend.Onnx.Graphs;

/// <summary>Node attributes.</summary>
internal static class Attribute
{
    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = Kind.Int };

    public static AttributeProto Float(string name, float value) => new() { Name = name, F = value, Type = Kind.Float };

    public static AttributeProto Ints(string name, params ReadOnlySpan<long> values)
    {
        AttributeProto attribute = new() { Name = name, Type = Kind.Ints };
        attribute.Ints.AddRange(values.ToArray());
        return attribute;
    }

    public static AttributeProto Text(string name, string value) => new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = Kind.String };
}
