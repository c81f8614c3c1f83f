namespace Backend.Onnx.Native;

/// <summary>A graph that copies elements, optionally converting their type.</summary>
internal sealed class MoveGraph(Binding binding)
{
    private readonly int _from = binding.SlotOf("from"), _to = binding.SlotOf("to");

    /// <summary>Copies between memories, each on host or device.</summary>
    public void Run(nint fromMemory, nint from, nint toMemory, nint to, int elements)
    {
        binding.SetAnew(_from, fromMemory, from, elements);
        binding.SetAnew(_to, toMemory, to, elements);
        binding.Run();
    }
}
