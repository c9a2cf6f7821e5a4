package org.tensorflow.lite;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Has the methods of LiteRT's own class and hands the work to the real LiteRT: a Python process
 * (serve_litert.py) runs the file. Buffers have to be what LiteRT demands: the input's capacity
 * that of the tensor, the output's position at its start.
 */
public final class Interpreter implements AutoCloseable {
    public static class Options {
        private int threads = -1;

        public Options setNumThreads(int threads) {
            this.threads = threads;
            return this;
        }
    }

    private final List<Served> inputs = new ArrayList<>();
    private final List<Served> outputs = new ArrayList<>();
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream questions;

    public Interpreter(ByteBuffer model) {
        this(model, new Options());
    }

    public Interpreter(ByteBuffer model, Options options) {
        if (!model.isDirect()) {
            throw new IllegalArgumentException("Model ByteBuffer should be direct or mapped.");
        }
        try {
            File file = File.createTempFile("model", ".tflite");
            file.deleteOnExit();
            try (FileOutputStream out = new FileOutputStream(file)) {
                out.getChannel().write(model.duplicate());
            }
            process = new ProcessBuilder(
                    System.getProperty("python"),
                    System.getProperty("server"),
                    file.getPath(),
                    String.valueOf(options.threads))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
            answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
            questions = new PrintStream(process.getOutputStream(), true);
            for (String line = answer(); !line.equals("ready"); line = answer()) {
                Served tensor = new Served(line.split(" "));
                (tensor.isInput ? inputs : outputs).add(tensor);
            }
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    public int getInputTensorCount() {
        return inputs.size();
    }

    public int getOutputTensorCount() {
        return outputs.size();
    }

    public Tensor getInputTensor(int index) {
        return inputs.get(index);
    }

    public Tensor getOutputTensor(int index) {
        return outputs.get(index);
    }

    public void run(Object input, Object output) {
        Map<String, Object> given = new HashMap<>();
        Map<String, Object> wanted = new HashMap<>();
        given.put(inputs.get(0).name, input);
        wanted.put(outputs.get(0).name, output);
        runSignature(given, wanted, "serving_default");
    }

    public void runSignature(Map<String, Object> given, Map<String, Object> wanted, String key) {
        StringBuilder question = new StringBuilder(key);
        for (Served tensor : inputs) {
            ByteBuffer buffer = (ByteBuffer) given.get(tensor.name);
            if (buffer.capacity() != tensor.bytes || buffer.order() != ByteOrder.nativeOrder()) {
                throw new IllegalArgumentException(
                    "Cannot copy to a TensorFlowLite tensor (" + tensor.name + ") with "
                        + tensor.bytes + " bytes from a Java Buffer with " + buffer.capacity()
                        + " bytes.");
            }
            byte[] bytes = new byte[tensor.bytes];
            ByteBuffer copy = buffer.duplicate();
            copy.rewind();
            copy.get(bytes);
            question.append(' ').append(tensor.name).append(' ');
            question.append(Base64.getEncoder().encodeToString(bytes));
        }
        questions.println(question);
        for (Served tensor : outputs) {
            byte[] bytes = Base64.getDecoder().decode(answer());
            ((ByteBuffer) wanted.get(tensor.name)).put(bytes);
        }
    }

    @Override
    public void close() {
        questions.close();
        process.destroy();
    }

    private String answer() {
        try {
            String line = answers.readLine();
            if (line == null) {
                throw new IllegalStateException("LiteRT's process ended.");
            }
            return line;
        } catch (IOException error) {
            throw new IllegalStateException(error);
        }
    }

    private static final class Served implements Tensor {
        private final boolean isInput;
        private final String name;
        private final DataType dataType;
        private final QuantizationParams quantization;
        private final int bytes;
        private final int[] shape;

        Served(String[] words) {
            isInput = words[0].equals("input");
            name = words[1];
            dataType = DataType.valueOf(words[2].toUpperCase());
            quantization = new QuantizationParams(
                Float.parseFloat(words[3]), Integer.parseInt(words[4]));
            bytes = Integer.parseInt(words[5]);
            shape = new int[words.length - 6];
            for (int i = 0; i < shape.length; i++) {
                shape[i] = Integer.parseInt(words[6 + i]);
            }
        }

        @Override
        public DataType dataType() {
            return dataType;
        }

        @Override
        public int[] shape() {
            return shape;
        }

        @Override
        public QuantizationParams quantizationParams() {
            return quantization;
        }
    }
}
