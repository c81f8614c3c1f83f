using System.CommandLine;
using System.Globalization;
using Spud.Bench.Onnx;
using Spud.Models;

// Tokens per second of ONNX Runtime's straightforward use: one f32 graph of the whole model. Compare with `spud bench` with every role
// on onnx, on the same machine in the same minute.
Option<string> model = new("--model", "-m") { Required = true, Description = "A dense llama model, GGUF." };
Option<int> prompt = new("--prompt") { DefaultValueFactory = _ => 256, Description = "Tokens that prefill reads." };
Option<int> generate = new("--generate") { DefaultValueFactory = _ => 64, Description = "Steps of decode." };
Option<int> repeat = new("--repeat") { DefaultValueFactory = _ => 5, Description = "Measurements, after one pass that does not count." };
Option<int> threads = new("--threads") { DefaultValueFactory = _ => Environment.ProcessorCount, Description = "Threads of the session." };
Option<bool> parks = new("--no-spin") { Description = "Threads park instead of spinning; ONNX Runtime's default is to spin." };
RootCommand command = new("Measures one ONNX graph of a whole model.") { model, prompt, generate, repeat, threads, parks };
command.SetAction(parsed =>
{
    using GgufFile file = GgufFile.Open(parsed.GetValue(model)!);
    using WholeModel whole = new(file, parsed.GetValue(prompt) + parsed.GetValue(generate), parsed.GetValue(threads), !parsed.GetValue(parks));
    for (int i = 0; i <= parsed.GetValue(repeat); i++)
    {
        (double prefill, double decode) = whole.Measure(parsed.GetValue(prompt), parsed.GetValue(generate), seed: i);
        if (i > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i,3}  prefill {prefill,9:0.00} tokens/s  decode {decode,9:0.00} tokens/s"));
    }
});
return command.Parse(args).Invoke();
