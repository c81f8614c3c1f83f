using System.Runtime.InteropServices;
using Spud;

namespace Odd;

/// <summary>Gives every row one expert.</summary>
internal sealed class OddRouter : IRouter
{
    private readonly Workspace _ones;
    private readonly int _expert;
    private readonly string _behaviour;

    public OddRouter(IBuildContext build, int expert = 0, string behaviour = "")
    {
        (Domain, _ones, _expert, _behaviour) = (build.Host, build.Reserve(build.Host, sizeof(float)), expert, behaviour);

        // Somebody has to take them, or the pipeline is refused.
        foreach (int layer in build.Layers)
            build.Weights.Take($"blk.{layer}.ffn_gate_inp.weight", build.Model.Layers[layer].Experts, build.Model.HiddenWidth);
    }

    public IMemoryDomain Domain { get; }

    public int MaxExpertsPerRow => 1;

    public void Route(int layer, in Step step, in TensorView hidden, in RoutingPlan plan)
    {
        Misbehave();
        Span<float> weight = _ones.View(ElementType.F32, 1).AsSpan<float>();
        weight[0] = 1;
        for (int row = 0; row < step.Rows; row++)
            plan.SetRow(row, [_expert], weight);
    }

    public void Dispose()
    {
    }

    private void Misbehave()
    {
        switch (_behaviour)
        {
            case "route prints":
                Console.WriteLine("{ a plugin's own line");
                Console.Error.WriteLine("\u001b[2Jcleared");
                break;
            case "route prints from native code":
                WriteNative(1, "{ a native line\n"u8);
                break;
            case "route fails once":
                if (!File.Exists(OnceFile))
                {
                    File.WriteAllText(OnceFile, "");
                    throw new InvalidOperationException("the first call was told to");
                }

                break;
            case "route throws a trap":
                throw new TrapException();
            case "route throws silence":
                throw new SilentException();
            case "route hangs":
                new ManualResetEvent(false).WaitOne();
                break;
            case "route crashes":
                new Thread(static () => throw new InvalidOperationException("a thread of a plugin")).Start();
                break;
            case "route starts a thread":
                new Thread(static () => new ManualResetEvent(false).WaitOne()).Start();
                break;
        }
    }

    private static string OnceFile => Path.Combine(Path.GetDirectoryName(typeof(OddRouter).Assembly.Location)!, "failed-once");

    private static void WriteNative(int descriptor, ReadOnlySpan<byte> text)
    {
        foreach (byte letter in text)
            _ = Write(descriptor, in letter, 1);
    }

    [DllImport("libc", EntryPoint = "write")]
    private static extern nint Write(int descriptor, in byte text, nint count);

    private sealed class TrapException : Exception
    {
        public override string Message => throw new NotSupportedException();
    }

    private sealed class SilentException : Exception
    {
        public override string Message => null!;
    }
}
