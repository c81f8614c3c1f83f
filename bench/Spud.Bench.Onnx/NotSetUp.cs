Console.Error.WriteLine("error: ONNX Runtime was not fetched. Run: ./spud setup onnx");
return 1;
