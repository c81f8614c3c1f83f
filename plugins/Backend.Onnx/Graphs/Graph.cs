using Google.Protobuf;
using Onnx;
using Spud;
using DataType = Onnx.TensorProto.Types.DataType;

namespace Backend.Onnx.Graphs;

/// <summary>
/// Builds an ONNX graph. Values are referred to by name. A weight is an ordinary input, so that it is bound in place and layers of
/// the same geometry share a session; only weights that ONNX Runtime must pack are initialisers.
/// </summary>
internal sealed class Graph
{
    /// <summary>Domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    private const int OperatorSet = 17, IrVersion = 8;
    private readonly ModelProto _model = new() { IrVersion = IrVersion, ProducerName = "spud", Graph = new() { Name = "spud" } };
    private readonly List<(string Name, TensorView View)> _weights = [];
    private int _values;

    public Graph()
    {
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        _model.OpsetImport.Add(new OperatorSetIdProto { Domain = Microsoft, Version = 1 });
    }

    /// <summary>Values that are bound once, by name.</summary>
    public IReadOnlyList<(string Name, TensorView View)> Weights => _weights;

    /// <summary>Inputs, followed by outputs.</summary>
    public IEnumerable<(string Name, bool IsOutput, ElementType Type)> Slots =>
        _model.Graph.Input.Select(input => (input.Name, false, TypeOf(input)))
            .Concat(_model.Graph.Output.Select(output => (output.Name, true, TypeOf(output))));

    /// <summary>Bytes of the weights it contains; a graph with weights is never shared with another layer.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>A value bound for each run.</summary>
    public string Input(string name, ElementType type, params ReadOnlySpan<Dim> shape)
    {
        _model.Graph.Input.Add(Describe(name, type, shape));
        return name;
    }

    /// <summary>A weight, bound once.</summary>
    public string Weight(string name, in TensorView view)
    {
        Dim[] shape = new Dim[view.Rank];
        for (int i = 0; i < shape.Length; i++)
            shape[i] = view.Shape[i];

        _weights.Add((name, view));
        return Input(name, view.Type, shape);
    }

    /// <summary>A weight that ONNX Runtime packs, or a constant.</summary>
    /// <param name="name">Name of the value.</param>
    /// <param name="type">Element type.</param>
    /// <param name="shape">Shape.</param>
    /// <param name="bytes">Not copied, so they must not change afterwards.</param>
    public string Initialiser(string name, DataType type, ReadOnlySpan<long> shape, byte[] bytes)
    {
        TensorProto tensor = new() { Name = name, DataType = (int)type, RawData = UnsafeByteOperations.UnsafeWrap(bytes) };
        tensor.Dims.AddRange(shape.ToArray());
        _model.Graph.Initializer.Add(tensor);
        WeightBytes += bytes.Length;
        return name;
    }

    /// <summary>A constant number.</summary>
    public string Scalar(float value)
    {
        TensorProto tensor = new() { Name = NewValue(), DataType = (int)DataType.Float };
        tensor.FloatData.Add(value);
        _model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>A constant list of indices.</summary>
    public string Indices(params ReadOnlySpan<long> values)
    {
        TensorProto tensor = new() { Name = NewValue(), DataType = (int)DataType.Int64 };
        tensor.Dims.Add(values.Length);
        tensor.Int64Data.AddRange(values.ToArray());
        _model.Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>Adds a node with one output.</summary>
    public string Node(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Nodes(op, "", 1, inputs, attributes)[0];

    /// <summary>Adds one of ONNX Runtime's own operators.</summary>
    public string MicrosoftNode(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        Nodes(op, Microsoft, 1, inputs, attributes)[0];

    /// <summary>Adds a node with several outputs.</summary>
    public string[] Nodes(string op, string domain, int outputs, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        NodeProto node = new() { OpType = op, Domain = domain, Name = $"{op} {_model.Graph.Node.Count}" };
        node.Input.AddRange(inputs.ToArray());
        for (int i = 0; i < outputs; i++)
            node.Output.Add(NewValue());

        node.Attribute.AddRange(attributes.ToArray());
        _model.Graph.Node.Add(node);
        return [.. node.Output];
    }

    /// <summary>Names a value produced by a node, and makes it an output of the graph.</summary>
    public void Output(string value, string name, ElementType type, params ReadOnlySpan<Dim> shape)
    {
        foreach (NodeProto node in _model.Graph.Node)
        {
            Rename(node.Input, value, name);
            Rename(node.Output, value, name);
        }

        _model.Graph.Output.Add(Describe(name, type, shape));
    }

    /// <summary>Serialises the graph in the ONNX format.</summary>
    public byte[] ToBytes() => _model.ToByteArray();

    /// <summary>Releases the weights it contains, once a session has them.</summary>
    public void ForgetWeights() => _model.Graph.Initializer.Clear();

    private static void Rename(Google.Protobuf.Collections.RepeatedField<string> names, string from, string to)
    {
        for (int i = 0; i < names.Count; i++)
            if (names[i] == from)
                names[i] = to;
    }

    private static ValueInfoProto Describe(string name, ElementType type, ReadOnlySpan<Dim> shape)
    {
        TensorShapeProto lengths = new();
        foreach (Dim dim in shape)
            lengths.Dim.Add(dim.Letter is { } letter ? new TensorShapeProto.Types.Dimension { DimParam = letter } : new() { DimValue = dim.Length });

        return new() { Name = name, Type = new() { TensorType = new() { ElemType = (int)OnnxTypes.Of(type), Shape = lengths } } };
    }

    private static ElementType TypeOf(ValueInfoProto value) => OnnxTypes.From((DataType)value.Type.TensorType.ElemType);

    private string NewValue() => $"v{_values++}";
}
