package io.hostfirewall.agent.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Private keys in PEM. Java reads PKCS #8 only; kubeadm writes RSA keys and k3s writes elliptic
 * curve keys in the older forms, which stand inside a PKCS #8 key as they are (RFC 5208, RFC 5915).
 */
final class PrivateKeys {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ((?:RSA |EC )?PRIVATE KEY)-----([^-]+)-----END \\1-----");

  /** AlgorithmIdentifier of RSA: 1.2.840.113549.1.1.1 with NULL (RFC 8017, appendix A.1). */
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

  /** The object identifier of elliptic curve keys, 1.2.840.10045.2.1 (RFC 5480). */
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private static final byte[] VERSION = {2, 1, 0};

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  /** In an elliptic curve key: what tells the curve (RFC 5915, section 3). */
  private static final int PARAMETERS = 0xa0;

  private PrivateKeys() {}

  /** Reads the first key of a text. */
  static PrivateKey read(String pem) throws GeneralSecurityException {
    var block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new InvalidKeyException("there is no private key in PEM, or it is encrypted");
    }
    byte[] key;
    try {
      key = Base64.getMimeDecoder().decode(block.group(2));
    } catch (IllegalArgumentException e) {
      throw new InvalidKeyException("the private key is no base64", e);
    }
    return switch (block.group(1)) {
      case "RSA PRIVATE KEY" -> pkcs8("RSA", wrapped(RSA, key));
      case "EC PRIVATE KEY" -> pkcs8("EC", wrapped(value(SEQUENCE, EC, curve(key)), key));
      default -> either(key);
    };
  }

  private static PrivateKey either(byte[] key) throws GeneralSecurityException {
    try {
      return pkcs8("RSA", key);
    } catch (GeneralSecurityException e) {
      return pkcs8("EC", key);
    }
  }

  private static PrivateKey pkcs8(String algorithm, byte[] key) throws GeneralSecurityException {
    return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return value(SEQUENCE, VERSION, algorithm, value(OCTETS, key));
  }

  /** The object identifier of the curve of a key. */
  private static byte[] curve(byte[] key) throws InvalidKeyException {
    try {
      var at = new Der(ByteBuffer.wrap(key), 0);
      for (at = at.inside(); at.tag() != PARAMETERS; at = at.next()) {}
      return Arrays.copyOfRange(key, at.content(), at.end());
    } catch (IndexOutOfBoundsException e) {
      throw new InvalidKeyException("the private key does not tell its curve", e);
    }
  }

  /** A value of the distinguished encoding rules of ASN.1 (X.690) at a place in a text. */
  private record Der(ByteBuffer text, int at) {

    int tag() {
      return text.get(at) & 0xff;
    }

    private int lengthBytes() {
      var first = text.get(at + 1) & 0xff;
      return first < 0x80 ? 0 : first & 0x7f;
    }

    int content() {
      return at + 2 + lengthBytes();
    }

    int end() {
      var length = text.get(at + 1) & 0xff;
      if (lengthBytes() > 0) {
        length = 0;
        for (var i = 0; i < lengthBytes(); i++) {
          length = (length << 8) | (text.get(at + 2 + i) & 0xff);
        }
      }
      return content() + length;
    }

    Der inside() {
      return new Der(text, content());
    }

    Der next() {
      return new Der(text, end());
    }
  }

  private static byte[] value(int tag, byte[]... contents) {
    var length = Arrays.stream(contents).mapToInt(content -> content.length).sum();
    var text = new ByteArrayOutputStream(length + 4);
    text.write(tag);
    if (length >= 0x80) {
      // No key is longer than 64 KiB.
      text.write(length < 0x100 ? 0x81 : 0x82);
    }
    if (length >= 0x100) {
      text.write(length >> 8);
    }
    text.write(length);
    for (var content : contents) {
      text.writeBytes(content);
    }
    return text.toByteArray();
  }
}
