namespace Backend.Onnx.Native;

/// <summary>A graph that copies elements, perhaps into another type.</summary>
internal sealed class MoveGraph(Binding binding)
{
    private readonly int _from = binding.SlotOf("from"), _to = binding.SlotOf("to");

    /// <summary>Copies from memory of one side to memory of one side.</summary>
    public void Run(nint fromMemory, nint from, nint toMemory, nint to, int elements)
    {
        binding.SetAnew(_from, fromMemory, from, elements);
        binding.SetAnew(_to, toMemory, to, elements);
        binding.Run();
    }
}
