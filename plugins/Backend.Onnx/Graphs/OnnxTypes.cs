using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Graphs;

/// <summary>ONNX's element type codes, also used by ONNX Runtime's C API.</summary>
internal static class OnnxTypes
{
    public static DataType Of(ElementType type) => type switch
    {
        ElementType.F32 => DataType.Float,
        ElementType.F16 => DataType.Float16,
        ElementType.BF16 => DataType.Bfloat16,
        ElementType.I8 => DataType.Int8,
        ElementType.I32 => DataType.Int32,
        ElementType.I64 => DataType.Int64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no element type of graphs"),
    };

    public static ElementType From(DataType type) => type switch
    {
        DataType.Float => ElementType.F32,
        DataType.Float16 => ElementType.F16,
        DataType.Bfloat16 => ElementType.BF16,
        DataType.Int8 => ElementType.I8,
        DataType.Int32 => ElementType.I32,
        DataType.Int64 => ElementType.I64,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no element type of tensors"),
    };
}
